"""Replies in Markdown: fenced blocks with a path, and find/replace between conflict markers.

The markers are those of aider's `diff` format (https://aider.chat/docs/more/edit-formats.html),
which many models were trained on: `<<<<<<< SEARCH`, `=======`, `>>>>>>> REPLACE`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from homespun.core.reply import FileUpdate, FindReplace, Growth
from homespun.core.reply_paths import path_in_info, path_in_line
from homespun.errors import Malformed

_FENCE = re.compile(r"(?P<indent>[ \t]{0,12})(?P<fence>`{3,}|~{3,})(?P<info>[^`\n]*)")
_SEARCH = re.compile(r"[ \t]*(?P<marks><{5,9}) ?(?:SEARCH|ORIGINAL)\b.*", re.IGNORECASE)
_REPLACE = re.compile(r"[ \t]*>{5,9} ?(?:REPLACE|UPDATED)\b.*", re.IGNORECASE)
_COMMANDS = (
    *("bash", "sh", "shell", "shellsession", "console", "zsh", "fish", "powershell", "cmd"),
    *("output", "text", "txt"),
)


class Markers:
    """Follows the markers of find/replace, line by line; what lies between them is `hunks`."""

    def __init__(self) -> None:
        self.hunks: list[FindReplace] = []
        self.outside: list[str] = []
        """The lines before, between and after hunks."""
        self.open = False
        self._divider = ""
        self._find: list[str] = []
        self._new: list[str] | None = None

    def take(self, line: str) -> bool:
        """The next line, with its end; whether it ended a hunk. Raises `Malformed`."""
        bare = line.strip()
        if not self.open:
            self._begin(line)
        elif self._new is None and bare == self._divider:
            self._new = []
        elif self._new is None:
            self._find.append(line)
        elif _REPLACE.fullmatch(line.rstrip()):
            self.hunks.append(FindReplace("".join(self._find), "".join(self._new)))
            self.open = False
            return True
        elif bare == self._divider:
            raise Malformed("A SEARCH block of the reply is divided twice; which half is new?")
        else:
            self._new.append(line)
        return False

    def _begin(self, line: str) -> None:
        found = _SEARCH.fullmatch(line.rstrip())
        if found is None:
            self.outside.append(line)
            return
        self.open = True
        # As long as the opening marks, so that a heading's underline is not taken for it.
        self._divider = "=" * len(found["marks"])
        self._find, self._new = [], None


@dataclass(slots=True)
class Block:
    """A block that is being read: its fence ("" where only markers delimit it), path and lines."""

    fence: str
    info: str
    path: str
    indent: str = ""
    lines: list[str] = field(default_factory=list[str])
    markers: Markers = field(default_factory=Markers)
    inner: str = ""
    path_so_far: str = ""
    seen_lines: int = 0
    seen_hunks: int = 0
    """How many were looked at while it was open."""

    @property
    def language(self) -> str:
        """The first word of the info string, which names the language; "" where there is none."""
        return self.info.split()[0].lower() if self.info.split() else ""

    @property
    def may_be_json(self) -> bool:
        """Whether a JSON reply may stand in this block, by its frame and by what it holds."""
        framed = not self.path and self.language in ("", "json", "jsonc", "json5")
        return framed and bool(self.fence) and not self.lines

    @property
    def text(self) -> str:
        """What the block holds."""
        return "".join(self.lines)

    def add(self, line: str) -> bool:
        """Take in the next line, with its end; whether it closed the block. Raises `Malformed`."""
        line = line.removeprefix(self.indent)
        if not self.markers.open and self.fence and self._closes(line):
            return True
        self.lines.append(line)
        return self.markers.take(line) and not self.fence

    def _closes(self, line: str) -> bool:
        found = _FENCE.fullmatch(line.rstrip())
        if found is None or found["fence"][0] != self.fence[0]:
            return False
        named = bool(found["info"].strip())
        if self.inner:
            # Within a fence of the text itself, such as an example in Markdown or a docstring.
            if not named and len(found["fence"]) >= len(self.inner):
                self.inner = ""
            return False
        if named:
            self.inner = found["fence"]
            return False
        # https://spec.commonmark.org/0.31.2/#fenced-code-blocks: further in, it is content.
        return len(found["indent"]) <= 3 and len(found["fence"]) >= len(self.fence)


def opening(line: str, above: str) -> Block | None:
    """The block that `line` opens, if it does; `above` is the last line before it with text."""
    bare = line.rstrip()
    if found := _FENCE.fullmatch(bare):
        info = found["info"].strip()
        path = path_in_info(info) or path_in_line(above)
        return Block(found["fence"], info, path, found["indent"])
    if _SEARCH.fullmatch(bare):
        block = Block("", "", path_in_line(above))
        block.add(line)
        return block
    return None


class BlockReader:
    """Turns finished blocks into updates; those without a path wait for the end of the reply."""

    def __init__(self) -> None:
        self._edited_path = ""
        self._named = False
        self._nameless: list[Block] = []

    def growth(self, block: Block) -> Growth | None:
        """What is new in `block`, which is open: whole hunks, or lines of a text."""
        if block.markers.open or block.markers.hunks:
            return self._hunks_growth(block)
        lines = block.lines[block.seen_lines :]
        nameless = not block.path and (self._named or self._nameless or block.language in _COMMANDS)
        if not lines or nameless or _is_diff(block) or not block.fence:
            return None
        block.seen_lines += len(lines)
        action = "write" if block.path else "region"
        return Growth(0, action, block.path, text="".join(lines))

    def close(self, block: Block) -> list[FileUpdate]:
        """The updates that `block` holds. Raises `Malformed`."""
        if block.markers.hunks:
            return [self._edit(block)]
        if block.path:
            self._named = True
            _refuse_diff(block)
            return [FileUpdate("write", block.path, text=block.text)]
        if block.language not in _COMMANDS:
            self._nameless.append(block)
        return []

    def finish(self) -> list[FileUpdate]:
        """The one block without a path as the region's text. Raises `Malformed` for several."""
        if not self._nameless:
            return []
        if self._named or len(self._nameless) > 1:
            raise Malformed(
                "The reply has a fenced block without a path, so its file is not known.",
                "Ask again; each block needs its file's path on the line above it.",
            )
        block = self._nameless[0]
        _refuse_diff(block)
        return [FileUpdate("region", "", text=block.text)]

    def _hunks_growth(self, block: Block) -> Growth | None:
        hunks = tuple(block.markers.hunks[block.seen_hunks :])
        if not hunks:
            return None
        if not block.seen_hunks:
            with suppress(Malformed):
                block.path_so_far = self._path(block)
        block.seen_hunks += len(hunks)
        return Growth(0, "edit", block.path_so_far, hunks)

    def _edit(self, block: Block) -> FileUpdate:
        self._named = True
        path = self._edited_path = self._path(block)
        hunks = tuple(block.markers.hunks)
        if path and len(hunks) == 1 and not hunks[0].find.strip():
            return FileUpdate("create", path, text=hunks[0].replace)
        return FileUpdate("edit", path, hunks=hunks)

    def _path(self, block: Block) -> str:
        """The file that a block of hunks is about. Raises `Malformed`."""
        within = _path_within(block.markers.outside)
        # Blocks after the first often leave it out.
        return block.path or within or self._edited_path


def _path_within(lines: Sequence[str]) -> str:
    """The path that stands among `lines`. Raises `Malformed` where they hold anything else."""
    said = [line for line in lines if line.strip()]
    paths = [path for line in said if (path := path_in_line(line))]
    if len(said) > 1 or len(paths) < len(said):
        raise Malformed("The reply has lines outside of SEARCH and REPLACE, with no place to go.")
    return paths[0] if paths else ""


def _refuse_diff(block: Block) -> None:
    if _is_diff(block):
        raise Malformed(
            "The reply is a diff, whose line numbers cannot be trusted.",
            "Ask again for the new text, or for the lines to find and what replaces them.",
        )


def _is_diff(block: Block) -> bool:
    return block.language in ("diff", "patch", "udiff")
