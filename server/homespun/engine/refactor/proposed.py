"""What has been proposed so far, put together: every answer's part of each file, or why not."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from homespun.core.merge import merge
from homespun.core.plan import ChangePlan, FileChange, hunks_between

_OTHERWISE = "another answer of this refactor has changed it otherwise; that one is kept"
_CREATED = "another answer of this refactor makes it with other text; that one is kept"
_DELETED = "another answer of this refactor deletes it; that one is kept"
_CHANGED = "it is not deleted, since another answer of this refactor changes it"


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
        found = self._known(uri)
        here = found is not None and uri in (found.uri, found.new_uri)
        return found if here else None

    def take(self, plans: Iterable[tuple[ChangePlan, Collection[str]]]) -> None:
        """Take in the answers of one level, each with the URIs of the files that it was given.

        What an answer says of its own files goes before what others say of them.
        """
        answers, start = list(plans), self.copy()
        for own in (True, False):
            for plan, given in answers:
                for file in plan.files:
                    if (file.uri in given) == own:
                        self._take(file, start)

    def refuse(self, file: FileChange) -> None:
        """Note a file that no answer changes, with its reason; nothing where one does already."""
        if self.change(file.uri) is None:
            self.files.setdefault(file.uri, file)

    def plan(self, plan_id: str, title: str, summary: str) -> ChangePlan:
        """All of it as one change, ordered by path."""
        kept = [file for file in self.files.values() if not _empty(file)]
        return ChangePlan(plan_id, title, summary, tuple(sorted(kept, key=lambda f: f.path)))

    def _known(self, uri: str) -> FileChange | None:
        """What is offered of the file that has, had, or had for a while, this URI."""
        found = self.files.get(uri) or self.files.get(self._old_names.get(uri, ""))
        return found if found is not None and found.offered else None

    def _take(self, file: FileChange, start: Proposed) -> None:
        """Take in one change, made on what was proposed at the `start` of its level."""
        known = self.change(file.uri) if file.action == "create" else self._known(file.uri)
        if file.refusal:
            self._take_refused(file, known)
            return
        if there := self._in_the_way(file, known):
            self.notes.append(f"{file.path}: {there}")
        elif known is None:
            self._put(file)
        else:
            self._join(known, file, start.change(file.uri))

    def _take_refused(self, file: FileChange, known: FileChange | None) -> None:
        if known is not None:
            self.notes.append(f"{file.path}: {file.refusal}")
        elif file.uri not in self.files:
            self._put(file)

    def _join(self, known: FileChange, file: FileChange, start: FileChange | None) -> None:
        joined = joined_changes(known, file, start)
        if isinstance(joined, str):
            self.notes.append(f"{file.path}: {joined}")
            return
        if joined is None or joined.uri != known.uri:
            del self.files[known.uri]
        if joined is not None:
            self._put(joined)

    def _in_the_way(self, file: FileChange, known: FileChange | None) -> str:
        """Why `file` cannot be renamed to where it should go; "" where it can.

        A path that another answer frees is not used: a change names each path once.
        """
        other = self.files.get(file.new_uri) or self.change(file.new_uri) if file.new_uri else None
        if other is None or other is known or not other.offered:
            return ""
        if other.action in ("delete", "rename") and other.uri == file.new_uri:
            return f"another answer of this refactor takes away what was at {file.new_path}"
        return f"another answer of this refactor puts another file at {file.new_path}"

    def _put(self, file: FileChange) -> None:
        self.files[file.uri] = file
        if file.new_uri:
            self._old_names[file.new_uri] = file.uri


def joined_changes(
    known: FileChange, file: FileChange, start: FileChange | None
) -> FileChange | str | None:
    """Both changes of one file as one, None where nothing is left to do; or why that cannot be.

    `file` was made on the text that `known` leaves, or at the same time as it: both on the text
    that `start` leaves, the user's own where that is None.
    """
    if file.before == _left(known) and file.uri == (known.new_uri or known.uri):
        return _after(known, file)
    if file.action == "create" or (known.action == "create" and start is None):
        return known if _same_creation(known, file) else _made_otherwise(known, file)
    if known.action == "delete":
        return known if file.action == "delete" else _DELETED
    if file.action == "delete":
        return _CHANGED
    return _beside(known, file, start)


def _made_otherwise(known: FileChange, file: FileChange) -> str:
    """Why `file` cannot be made where `known` is, or was."""
    if known.action != "rename":
        return _CREATED
    if file.uri == known.new_uri:
        return f"another answer of this refactor renames {known.path} to it; that one is kept"
    return _renamed_to(known)


def _renamed_to(known: FileChange) -> str:
    return f"another answer of this refactor renames it to {known.new_path}; that one is kept"


def _beside(known: FileChange, file: FileChange, start: FileChange | None) -> FileChange | str:
    """Two changes that were made at the same time, neither of which deletes the file."""
    if start is None:
        known = _on_newer_text(known, file)
    both = merge((start.after if start else known.before) or "", known.after, file.after)
    if not both.clean:
        return _OTHERWISE
    if file.action != "rename" or file.new_uri == known.new_uri:
        return _with_text(known, both.text, file)
    if known.new_uri not in ("", file.uri):
        return _renamed_to(known)
    return _with_text(_renamed(known, file), both.text, file)


def _on_newer_text(known: FileChange, file: FileChange) -> FileChange:
    """`known` on the text of the user's that `file` was made on, where that merges."""
    start = file.before or ""
    if start == known.before:
        return known
    moved = merge(known.before or "", known.after, start)
    if not moved.clean:
        return known
    known = replace(known, before=start, version=file.version)
    return replace(known, hunks=hunks_between(start, moved.text))


def _renamed(known: FileChange, file: FileChange) -> FileChange:
    """`known` with the name that `file` gives it; a new file is only made elsewhere."""
    if known.action == "create":
        return replace(known, uri=file.new_uri, path=file.new_path)
    if file.new_uri == known.uri:
        return replace(known, action="edit", new_uri="", new_path="")
    return replace(known, action="rename", new_uri=file.new_uri, new_path=file.new_path)


def _after(known: FileChange, file: FileChange) -> FileChange | None:
    """`file` follows on `known`."""
    if file.action == "delete":
        if known.action == "create":
            return None
        gone = hunks_between(known.before or "", "")
        action = replace(known, action="delete", hunks=gone, new_uri="", new_path="")
        return _risks(action, file)
    if file.action == "rename":
        known = _renamed(known, file)
    elif known.action == "delete":
        known = replace(known, action="edit")
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


def _empty(file: FileChange) -> bool:
    """Whether several changes came to nothing in the end."""
    return file.action == "edit" and not file.refusal and file.after == file.before
