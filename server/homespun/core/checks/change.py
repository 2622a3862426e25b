"""What a check looks at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from homespun.core.diff import blocks
from homespun.core.reply import FileUpdate
from homespun.core.text import content, split_lines


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with a change; `message` is for the user and the model.

    `fatal` refuses the change and goes back to the model; else it is a risk to show first.
    """

    code: str
    message: str
    fatal: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """A place where a text does not parse: its line (from 1), and what is missing there, if known.

    `missing` is a name of the language's grammar, such as `}`, and nothing of the text.
    """

    line: int
    missing: str = ""


Parse = Callable[[str, str], Sequence[Fault] | None]
"""The faults of a text, by the path of its file; None where its language is not known."""


def unread(path: str, text: str) -> None:
    """The `Parse` of those who know no language."""


@dataclass(frozen=True)
class Change:
    """One update of one file, as it would be: `before` is None for a new file."""

    update: FileUpdate
    path: str
    before: str | None
    after: str
    parse: Parse = unread

    @cached_property
    def old_lines(self) -> Sequence[str]:
        """The lines before, without their ends."""
        return lines_of(self.before or "")

    @cached_property
    def new_lines(self) -> Sequence[str]:
        """The lines after, without their ends."""
        return lines_of(self.after)

    @cached_property
    def added(self) -> Sequence[tuple[int, str]]:
        """Lines that the change brings (number from 1) and that stood nowhere in the file."""
        known = {line.strip() for line in self.old_lines}
        return [
            (number + 1, self.new_lines[number])
            for block in blocks(self.old_lines, self.new_lines)
            for number in range(block.after_start, block.after_end)
            if self.new_lines[number].strip() not in known
        ]

    @property
    def given(self) -> Sequence[str]:
        """The new texts as the model gave them: a whole one, or one of each hunk."""
        return [self.update.text, *(hunk.replace for hunk in self.update.hunks)]

    @property
    def name(self) -> str:
        """The file's name, in small letters."""
        return self.path.replace("\\", "/").rpartition("/")[2].lower()

    @property
    def suffix(self) -> str:
        """What the file's name ends with after its last dot, in small letters."""
        return self.name.rpartition(".")[2] if "." in self.name else ""

    @property
    def is_prose(self) -> bool:
        """Whether the file is text for people, in which examples of anything may stand."""
        return self.suffix in ("md", "markdown", "mdx", "rst", "txt", "adoc", "org", "qmd", "rmd")


Check = Callable[[Change], Iterable[Finding]]


def lines_of(text: str) -> list[str]:
    """The lines of `text` without their ends."""
    return [content(line) for line in split_lines(text)]
