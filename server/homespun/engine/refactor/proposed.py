"""What has been proposed so far, put together: every answer's part of each file, or why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from homespun.core.merge import merge
from homespun.core.plan import ChangePlan, FileChange, hunks_between

_OTHERWISE = "another answer of this refactor has changed it otherwise; that one is kept"
_CREATED = "another answer of this refactor makes it with other text; that one is kept"
_GOES = "another answer of this refactor deletes or renames it"


class Proposed:
    """The files of a refactor as they would be. Each change's `before` is the user's own text."""

    def __init__(self) -> None:
        self.files: dict[str, FileChange] = {}
        self._old_names: dict[str, str] = {}
        self.notes: list[str] = []
        """Why parts of answers are not in it, where the file's other parts are."""

    def copy(self) -> Proposed:
        """The same, to be changed by itself."""
        other = Proposed()
        other.files, other.notes = dict(self.files), list(self.notes)
        other._old_names = dict(self._old_names)
        return other

    def change(self, uri: str) -> FileChange | None:
        """What is offered of the file that has, or had, this URI."""
        found = self.files.get(uri) or self.files.get(self._old_names.get(uri, ""))
        return found if found is not None and found.offered else None

    def take(self, plans: Iterable[tuple[ChangePlan, Collection[str]]]) -> None:
        """Take in the answers of one level, each with the URIs of the files that it was given.

        What an answer says of its own files goes before what others say of them.
        """
        answers = list(plans)
        for own in (True, False):
            for plan, given in answers:
                for file in plan.files:
                    if (file.uri in given) == own:
                        self._take(file)

    def refuse(self, file: FileChange) -> None:
        """Note a file that no answer changes, with its reason; nothing where one does already."""
        if self.change(file.uri) is None:
            self.files.setdefault(file.uri, file)

    def plan(self, plan_id: str, title: str, summary: str) -> ChangePlan:
        """All of it as one change, ordered by path."""
        kept = [file for file in self.files.values() if not _empty(file)]
        return ChangePlan(plan_id, title, summary, tuple(sorted(kept, key=lambda f: f.path)))

    def _take(self, file: FileChange) -> None:
        known = self.change(file.uri)
        if known is None:
            if not file.refusal or file.uri not in self.files:
                self._put(file)
            return
        if file.refusal:
            self.notes.append(f"{file.path}: {file.refusal}")
            return
        joined = joined_changes(known, file)
        if isinstance(joined, str):
            self.notes.append(f"{file.path}: {joined}")
        elif joined is None:
            del self.files[known.uri]
        else:
            if joined.uri != known.uri:
                del self.files[known.uri]
            self._put(joined)

    def _put(self, file: FileChange) -> None:
        self.files[file.uri] = file
        if file.new_uri:
            self._old_names[file.new_uri] = file.uri


def joined_changes(known: FileChange, file: FileChange) -> FileChange | str | None:
    """Both changes of one file as one, None where nothing is left to do; or why that cannot be.

    `file` was made either on the text that `known` leaves or, at the same time, on that before it.
    """
    if file.before == _left(known):
        return _after(known, file)
    if known.action == "create" or file.action == "create":
        return known if _same_creation(known, file) else _CREATED
    if "delete" in (known.action, file.action) or "rename" in (known.action, file.action):
        return known if _same(known, file) else _GOES
    start = file.before or ""
    mine = merge(known.before or "", known.after, start)
    both = merge(start, mine.text, file.after)
    if not (mine.clean and both.clean):
        return _OTHERWISE
    return _with_text(replace(known, before=start, version=file.version), both.text, file)


def _after(known: FileChange, file: FileChange) -> FileChange | str | None:
    """`file` follows on `known`."""
    if file.action == "delete":
        if known.action == "create":
            return None
        gone = hunks_between(known.before or "", "")
        action = replace(known, action="delete", hunks=gone, new_uri="", new_path="")
        return _risks(action, file)
    if file.action == "rename":
        if known.action == "create":
            made = replace(known, uri=file.new_uri, path=file.new_path)
            return _with_text(made, file.after, file)
        known = replace(known, action="rename", new_uri=file.new_uri, new_path=file.new_path)
    return _with_text(known, file.after, file)


def _with_text(known: FileChange, after: str, file: FileChange) -> FileChange:
    return _risks(replace(known, hunks=hunks_between(known.before or "", after)), file)


def _risks(known: FileChange, file: FileChange) -> FileChange:
    risks = tuple(dict.fromkeys((*known.risks, *file.risks)))
    return replace(known, risks=risks, protected=known.protected or file.protected)


def _left(known: FileChange) -> str | None:
    return None if known.action == "delete" else known.after


def _same_creation(known: FileChange, file: FileChange) -> bool:
    return known.action == file.action == "create" and known.after == file.after


def _same(known: FileChange, file: FileChange) -> bool:
    moves = (known.action, known.new_uri) == (file.action, file.new_uri)
    return moves and known.after == file.after


def _empty(file: FileChange) -> bool:
    """Whether several changes came to nothing in the end."""
    return file.action == "edit" and not file.refusal and file.after == file.before
