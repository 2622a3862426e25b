"""What a task is about: the file as the model sees it, and the part of it that may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from homespun.core.definitions import enclosing
from homespun.core.diff import Edit, apply
from homespun.core.formats import Tried, choose
from homespun.core.prompt import Problem, Region, Task
from homespun.core.region import whole_lines
from homespun.core.reply import ReplyFormat
from homespun.core.text import Snapshot, Span
from homespun.engine.paths import Paths
from homespun.engine.ports import EditTask, Workspace
from homespun.errors import UnknownFile

_WHOLE_LINES = 150
"""A file of up to so many lines is asked for whole: small models do best with that."""
_REGION_LINES = 400
"""A longer region is changed by hunks: most of it would only be repeated."""
_LARGE: tuple[ReplyFormat, ...] = ("hunks", "fenced")
"""The formats for texts of any length, the better one first."""
_NOTHING_KNOWN: Mapping[ReplyFormat, Tried] = {}


@dataclass(frozen=True, slots=True)
class Scene:
    """A task on the text that it is about.

    `original` is the file as the editor has it, `shown` the same without the instruction comment
    that goes away with the edit; `region` is the part to change, in offsets of `shown`. `others`
    are the URIs of further files that the task names.
    """

    task: EditTask
    original: Snapshot
    shown: Snapshot
    path: str
    region: Span | None
    others: frozenset[str] = frozenset()

    @property
    def focus(self) -> Span | None:
        """The part that the model must see, in offsets of `shown`."""
        return self.region or (None if self.task.place.span is None else _clamped(self))

    def reply_format(
        self, wanted: str, tried: Mapping[ReplyFormat, Tried] = _NOTHING_KNOWN
    ) -> ReplyFormat:
        """The format to ask for: as `wanted` where that is possible, else by scope and size.

        Of several that fit, one that has not mostly failed with this model (`tried`).
        """
        if wanted in ("hunks", "whole", "fenced"):
            return wanted  # pyright: ignore[reportReturnType] - narrowed by the test above
        if self.region is not None and self._lines(self.region) <= _REGION_LINES:
            return "region" if wanted == "region" else choose(("region", *_LARGE), tried)
        small = self.task.scope != "workspace" and len(self.shown.lines) <= _WHOLE_LINES
        return choose(("whole", *_LARGE) if small else _LARGE, tried)

    @property
    def part(self) -> str:
        """The text that may change, as the model sees it."""
        if self.region is None:
            return self.shown.text
        return self.shown.text[self.region.start : self.region.end]

    def prompt_task(self) -> Task:
        """The task in the model's words and places."""
        problems = tuple(
            Problem(self.path, self.shown.line_at(d.span.start), d.message)
            for d in self.task.diagnostics
        )
        return Task(self.task.instruction, self.path, self._region(), problems, self.task.earlier)

    def _region(self) -> Region | None:
        if self.region is None:
            return None
        return Region(self.path, self.shown.line_at(self.region.start), self.part)

    def _lines(self, span: Span) -> int:
        return self.shown.line_at(span.end) - self.shown.line_at(span.start) + 1


async def set_scene(workspace: Workspace, paths: Paths, task: EditTask) -> Scene:
    """Read what `task` is about. Raises `UnknownFile`."""
    original = await workspace.read(task.place.uri)
    if original is None:
        raise UnknownFile(
            f"There is no file {paths.relative(task.place.uri)}.",
            "Open it in the editor, or save it first.",
        )
    shown = without_comment(original, task.remove_comment)
    return Scene(task, original, shown, paths.relative(original.uri), _region_of(task, shown))


def without_comment(original: Snapshot, comment: Span | None) -> Snapshot:
    """The text without its instruction comment, as the model sees it."""
    if comment is None:
        return original
    text = apply(original.text, [Edit(comment.start, comment.end, "")])
    return Snapshot.of(original.uri, text, original.version, original.language_id)


def _region_of(task: EditTask, shown: Snapshot) -> Span | None:
    """The selection in whole lines, else the enclosing definition; None for the whole file."""
    if task.scope != "selection" or task.place.span is None or not shown.text.strip():
        return None
    if task.remove_comment is not None:
        return _definition(shown, task.remove_comment.start)
    span = task.place.span
    if span.end > span.start:
        return whole_lines(shown, span)
    return _definition(shown, span.start)


def _definition(shown: Snapshot, offset: int) -> Span | None:
    line = shown.line_at(offset)
    found = enclosing(shown, line, line)
    return None if found is None else found.span


def _clamped(scene: Scene) -> Span:
    span, end = scene.task.place.span or Span(0, 0), len(scene.shown.text)
    return Span(min(span.start, end), min(span.end, end))
