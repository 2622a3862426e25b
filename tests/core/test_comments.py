from __future__ import annotations

import pytest

from homespun.core.comments import comment_at
from homespun.core.text import Snapshot

CASES = [
    # name, text, cursor line, instruction, text without the comment
    ("python", "# homespun: rename x\nx = 1\n", 0, "rename x", "x = 1\n"),
    ("cursor below", "# homespun: rename x\nx = 1\n", 1, None, None),
    ("upper case", "# Homespun: go\nx\n", 0, "go", "x\n"),
    ("indented", "f():\n    # homespun: use a set\n    pass\n", 1, "use a set", "f():\n    pass\n"),
    ("trailing", "x = 1  # homespun: make it 2\ny\n", 0, "make it 2", "x = 1\ny\n"),
    ("slashes", "// homespun: go\nlet x\n", 0, "go", "let x\n"),
    ("block", "/* homespun: go */\nint x;\n", 0, "go", "int x;\n"),
    ("block over lines", "/* homespun: go\n * on\n */\nint x;\n", 0, "go on", "int x;\n"),
    ("continued", "# homespun: go\n# on and on\nx\n", 1, "go on and on", "x\n"),
    ("two in a row", "# homespun: a\n# homespun: b\nx\n", 1, "b", "# homespun: a\nx\n"),
    ("html", "<!-- homespun: add a title -->\n<p>\n", 0, "add a title", "<p>\n"),
    ("lua", "-- homespun: local\nx = 1\n", 0, "local", "x = 1\n"),
    ("lisp", ";; homespun: memoize\n(f)\n", 0, "memoize", "(f)\n"),
    ("crlf", "# homespun: go\r\nx\r\n", 0, "go", "x\r\n"),
    ("last line without end", "x\n# homespun: go", 1, "go", "x\n"),
    ("empty instruction", "# homespun:\nx\n", 0, None, None),
    ("not a comment", "say('homespun: hello')\n", 0, None, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "instruction", "without"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_comment_at(text: str, line: int, instruction: str | None, without: str | None) -> None:
    found = comment_at(Snapshot.of("file:///a", text), line, line)
    if instruction is None:
        assert found is None
        return
    assert found is not None
    assert found.instruction == instruction
    assert text[: found.span.start] + text[found.span.end :] == without


def test_a_selection_finds_the_first_comment_in_it() -> None:
    text = "a\n# homespun: one\nb\n# homespun: two\n"
    found = comment_at(Snapshot.of("file:///a", text), 0, 3)
    assert found is not None
    assert (found.instruction, found.first_line, found.last_line) == ("one", 1, 1)
