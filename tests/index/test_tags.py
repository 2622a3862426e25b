"""What only shows in a text that is large or takes long."""

from __future__ import annotations

from homespun.index.languages import tongue
from homespun.index.tags import tags


def test_a_call_with_text_that_is_no_import_in_a_large_file() -> None:
    language = tongue("a.js")
    assert language is not None
    text = 'require("a");\n' + 'describe("b");\n' * 20_000 + 'require("c");\n'
    found = tags(language, text.encode())
    assert found.whole
    assert found.imports == ['require("a")', 'require("c")']
