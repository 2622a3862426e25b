"""A change's files as the journal keeps them: there, back again, and the other way round."""

from __future__ import annotations

from collections.abc import Sequence

from homespun.core.plan import FileChange, hunks_between
from homespun.engine.paths import Paths
from homespun.journal.entry import FileRecord


def record(file: FileChange) -> FileRecord:
    """`file` as the journal keeps it."""
    after = None if file.action == "delete" else file.after
    return FileRecord(file.uri, file.action, file.before, after, file.new_uri)


def forward(records: Sequence[FileRecord], paths: Paths) -> tuple[FileChange, ...]:
    """The file changes as they were made."""
    return tuple(_forward(one, paths) for one in records)


def backward(records: Sequence[FileRecord], paths: Paths) -> tuple[FileChange, ...]:
    """The file changes that take them back, in the reverse order."""
    return tuple(_backward(one, paths) for one in reversed(records))


def _forward(one: FileRecord, paths: Paths) -> FileChange:
    hunks = hunks_between(one.before or "", one.after or "")
    path = paths.relative(one.uri)
    match one.action:
        case "create":
            return FileChange(one.uri, path, "create", None, hunks)
        case "delete":
            return FileChange(one.uri, path, "delete", one.before, hunks)
        case "rename":
            new_path = paths.relative(one.new_uri)
            return FileChange(
                one.uri, path, "rename", one.before, hunks, new_uri=one.new_uri, new_path=new_path
            )
        case _:
            return FileChange(one.uri, path, "edit", one.before, hunks)


def _backward(one: FileRecord, paths: Paths) -> FileChange:
    hunks = hunks_between(one.after or "", one.before or "")
    path = paths.relative(one.uri)
    match one.action:
        case "create":
            return FileChange(one.uri, path, "delete", one.after or "", hunks)
        case "delete":
            return FileChange(one.uri, path, "create", None, hunks)
        case "rename":
            new_path = paths.relative(one.new_uri)
            return FileChange(
                one.new_uri, new_path, "rename", one.after, hunks, new_uri=one.uri, new_path=path
            )
        case _:
            return FileChange(one.uri, path, "edit", one.after, hunks)
