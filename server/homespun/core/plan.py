"""A change as data: files and hunks that can each be taken or left, and what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from homespun.core.diff import Edit, apply, blocks, edits
from homespun.core.text import Snapshot, Span, split_lines

FileAction = Literal["edit", "create", "delete", "rename"]


@dataclass(frozen=True, slots=True)
class Hunk:
    """One run of changed lines: `edit` in offsets of the file's text before.

    `refusal` is the reason why this one cannot be made any more, "" where it can.
    """

    edit: Edit
    accepted: bool = True
    refusal: str = ""

    @property
    def made(self) -> bool:
        """Whether this hunk is part of what would be applied."""
        return self.accepted and not self.refusal


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file's part of a change.

    `before` is None for a new file. `version` is the editor's version of `before`, None for a
    file on disk. `risks` are reasons to show it first, `protected` files need a yes of their own,
    `refusal` is the reason why it is not offered at all ("" where it is).
    """

    uri: str
    path: str
    action: FileAction
    before: str | None
    hunks: tuple[Hunk, ...] = ()
    version: int | None = None
    new_uri: str = ""
    new_path: str = ""
    risks: tuple[str, ...] = ()
    protected: bool = False
    refusal: str = ""
    accepted: bool = True

    @property
    def offered(self) -> bool:
        """Whether this file is part of what would be applied."""
        return self.accepted and not self.refusal

    @property
    def after(self) -> str:
        """The text with the hunks made that are to be; for a deletion, ""."""
        if self.action == "delete":
            return ""
        return apply(self.before or "", [hunk.edit for hunk in self.hunks if hunk.made])

    def with_hunk(self, index: int, *, accepted: bool) -> FileChange:
        """The same with one hunk taken or left."""
        hunks = list(self.hunks)
        hunks[index] = replace(hunks[index], accepted=accepted)
        kept = self.action == "rename" or any(hunk.accepted for hunk in hunks)
        return replace(self, hunks=tuple(hunks), accepted=kept)

    def with_all(self, *, accepted: bool) -> FileChange:
        """The same, taken or left as a whole."""
        hunks = tuple(replace(hunk, accepted=accepted) for hunk in self.hunks)
        return replace(self, hunks=hunks, accepted=accepted)

    def refused(self, reason: str) -> FileChange:
        """The same, not offered any more, for `reason`."""
        return replace(self, refusal=reason)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it, or some of its hunks, cannot be made."""
        if self.refusal:
            return (f"{self.path}: {self.refusal}",)
        refused = [hunk for hunk in self.hunks if hunk.accepted and hunk.refusal]
        return tuple(f"{self.path}: {hunk.refusal}" for hunk in refused)

    @property
    def whole(self) -> bool:
        """Whether all of it would be applied."""
        return self.offered and all(hunk.made for hunk in self.hunks)

    def line_counts(self) -> tuple[int, int]:
        """Lines added and removed."""
        before = self.before or ""
        made = [hunk.edit for hunk in self.hunks if hunk.made or self.action == "delete"]
        added = sum(_line_count(edit.text) for edit in made)
        return added, sum(_line_count(before[edit.start : edit.end]) for edit in made)


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Everything that one reply proposes; `complete` once the reply was whole and checked."""

    plan_id: str
    title: str
    summary: str
    files: tuple[FileChange, ...]
    complete: bool = True

    @property
    def offered(self) -> tuple[FileChange, ...]:
        """The files that would be applied."""
        return tuple(file for file in self.files if file.offered)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why files, or hunks of them, were refused."""
        return tuple(reason for file in self.files for reason in file.reasons)

    @property
    def risks(self) -> tuple[str, ...]:
        """Why this should be shown before it is applied; empty where it need not be."""
        several = (f"changes {len(self.offered)} files",) if len(self.offered) > 1 else ()
        return several + tuple(
            f"{file.path}: {risk}" for file in self.offered for risk in file.risks
        )

    @property
    def risky_first(self) -> ChangePlan:
        """The same with the files first that should be looked at, and last those refused."""
        rank = {file.uri: (bool(file.refusal), not _risky(file)) for file in self.files}
        return replace(self, files=tuple(sorted(self.files, key=lambda file: rank[file.uri])))

    def with_file(self, file: FileChange) -> ChangePlan:
        """The same with `file` in place of the one of the same URI."""
        return replace(self, files=tuple(file if f.uri == file.uri else f for f in self.files))


def _line_count(text: str) -> int:
    return sum(1 for line in split_lines(text) if line)


def _risky(file: FileChange) -> bool:
    return bool(file.risks) or file.protected


def hunks_between(before: str, after: str) -> tuple[Hunk, ...]:
    """The change from `before` to `after` as hunks: one per run of changed lines."""
    old, new = split_lines(before), split_lines(after)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    return tuple(
        Hunk(
            Edit(
                starts[b.before_start],
                starts[b.before_end],
                "".join(new[b.after_start : b.after_end]),
            )
        )
        for b in blocks(old, new)
    )


def hunks_of(before: Snapshot, changes: Sequence[Edit]) -> tuple[Hunk, ...]:
    """The same where the edits are known (in order, not overlapping): no diff is needed."""
    groups: list[tuple[Span, list[Edit]]] = []
    for edit in changes:
        lines = _whole_lines(before, edit)
        if groups and lines.start <= groups[-1][0].end:
            first, among = groups.pop()
            lines, among = Span(first.start, max(first.end, lines.end)), [*among, edit]
        else:
            among = [edit]
        groups.append((lines, among))
    return tuple(Hunk(_widened(before.text, lines, among)) for lines, among in groups)


def _whole_lines(text: Snapshot, edit: Edit) -> Span:
    """The lines that `edit` changes; none where it only puts whole lines between two."""
    first, last = text.line_at(edit.start), text.line_at(edit.end)
    start, end = text.line_span(first, first).start, text.line_span(last, last)
    ends_line = edit.end == end.start and (not edit.text or edit.text.endswith(("\n", "\r")))
    return Span(start, end.start if ends_line and edit.start == start else end.end)


def _widened(text: str, span: Span, changes: Sequence[Edit]) -> Edit:
    moved = [Edit(e.start - span.start, e.end - span.start, e.text) for e in changes]
    return Edit(span.start, span.end, apply(text[span.start : span.end], moved))


def minimal(file: FileChange) -> tuple[Edit, ...]:
    """The smallest edits that bring the accepted hunks of `file` about."""
    return edits(file.before or "", file.after)
