"""The course of one refactor: from the files that matter to the change that all answers make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from homespun.core.counting import counted
from homespun.core.interfaces import changes
from homespun.core.plan import ChangePlan, FileChange
from homespun.core.refactor_prompt import Shared
from homespun.engine.ports import Review, Spent
from homespun.engine.refactor.agreed import Agreed
from homespun.engine.refactor.batches import Batch, packed
from homespun.engine.refactor.consistency import Consistency, Findings
from homespun.engine.refactor.means import Means
from homespun.engine.refactor.memory import Memory
from homespun.engine.refactor.neighbourhood import Neighbourhood
from homespun.engine.refactor.overlay import Overlay
from homespun.engine.refactor.proposed import Proposed
from homespun.engine.refactor.task import RefactorTask, SurveyFile
from homespun.engine.refactor.way import Room
from homespun.engine.refactor.working import LEFT_OUT, Answer, View, Work
from homespun.providers.base import AnsweredBy

_INTERFACES_SHARE = 6
"""The changed interfaces may take this part of the window: the latest are left out beyond it."""
_AROUND_SHARE = 8
"""This part of the window is not filled with files to work on, but left for what they need."""
_FORMATS = 600
"""About how many tokens it takes to say how to answer."""
_MENDING = 1_000_000
"""The level at which what was left behind is put right: after all others."""
_NAMED = 5
_OTHER = "the answer on another file changes it"
_NOT_CHOSEN = "it is none of the files that were chosen"


class Course:
    """Works through the levels of one refactor."""

    def __init__(
        self,
        means: Means,
        task: RefactorTask,
        agreed: Agreed,
        *,
        work: Work,
        memory: Memory,
        room: Room,
    ) -> None:
        """`room` tells what fits one request."""
        self._means = means
        self._paths = means.paths
        self._task = task
        self._agreed = agreed
        self._work = work
        self._memory = memory
        self._room = room
        self._found: Findings = {}
        self._proposed = Proposed()
        self._spent = agreed.spent
        self._by: AnsweredBy | None = None
        self._unseen: set[str] = set()
        self._shared = Shared(task.instruction, agreed.decisions, agreed.definitions)

    @property
    def proposed(self) -> Proposed:
        """What has been proposed so far."""
        return self._proposed

    @property
    def shared(self) -> Shared:
        """What all requests begin with by now."""
        return self._shared

    @property
    def by(self) -> AnsweredBy | None:
        """Who answered last; where any of it came from elsewhere than this machine, who there."""
        return self._by

    @property
    def spent(self) -> Spent:
        """What the answers took so far."""
        return self._spent

    @property
    def unseen(self) -> tuple[str, ...]:
        """Files (paths) that belong to others, and had no room beside some of them."""
        return tuple(sorted(self._unseen))

    async def work(self) -> None:
        """Have all files worked on. Raises as `Work.level`."""
        for number in sorted({file.level for file in self._agreed.files}):
            batches = await self._batches(number)
            # All of a level look at the same texts, whichever answer comes first.
            view = self.view(self._proposed.copy())
            await self.take(await self._work.level(batches, view))

    async def check(self, consistency: Consistency, review: Review) -> tuple[str, ...]:
        """Look for what is left behind, have the model mend it once; what is left then.

        Files that are none of the refactor's are mended only where the user says so.
        """
        found = await consistency.find(self._proposed.files.values())
        mending = await self._to_mend(found, review)
        if self._task.finished:
            # A file whose mending was not done yet stands as it is by now.
            mending = [one for one in mending if self._work.has_done(Batch(_MENDING, (one,)))]
        if mending:
            self._work.again(mending)
            batches = [Batch(_MENDING, (file,)) for file in mending]
            reasons = {file.path: found[file.uri] for file in mending}
            view = replace(self.view(self._proposed.copy()), to_mend=reasons)
            await self.take(await self._work.level(batches, view))
            found = await consistency.find(self._proposed.files.values())
        self._found = found
        return tuple(
            f"{self._paths.relative(uri)}: {reason}"
            for uri, reasons in found.items()
            for reason in reasons
        )

    def plan(self, summary: str) -> ChangePlan:
        """All of it as one change, with what the check found as reasons to look at it."""
        plan = self._proposed.plan(self._memory.change_id, self._task.title, summary)
        files = (_risky(file, self._found.get(file.uri, ())) for file in plan.files)
        return replace(plan, files=tuple(files))

    async def _to_mend(self, found: Findings, review: Review) -> list[SurveyFile]:
        ours = {file.uri: file for file in self._agreed.files}
        out = {*self._agreed.left_out, *self._work.cancelled}
        able = [uri for uri in found if uri not in out]
        known = [uri for uri in able if uri in ours or self._proposed.change(uri) is not None]
        others = [uri for uri in able if uri not in known]
        if others and await self._wanted(others, review):
            known += others
        return [ours.get(uri) or self._added(uri, found[uri]) for uri in sorted(known)]

    async def _wanted(self, others: Sequence[str], review: Review) -> bool:
        """Whether files that were no part of the refactor are to be mended too; asked once."""
        kept = self._memory.known("others")
        if kept is None and not self._task.finished:
            paths = [self._paths.relative(uri) for uri in others]
            names = ", ".join(paths[:_NAMED]) + (", ..." if len(paths) > _NAMED else "")
            count = counted(len(paths), "more file")
            question = f"The refactor leaves something to be put right in {count}: {names}."
            kept = await review.confirm(question, "Mend them too")
            await self._memory.keep("others", kept)
        return bool(kept)

    def _added(self, uri: str, reasons: Sequence[str]) -> SurveyFile:
        return SurveyFile(uri, self._paths.relative(uri), tuple(reasons), 0, _MENDING)

    def view(self, proposed: Proposed) -> View:
        """The files as they would be with `proposed`, and what is said of them."""
        overlay = Overlay(self._means.workspace, proposed)
        around = Neighbourhood(overlay, self._paths, self._means.index)
        return View(overlay, around, self._shared.text(), self._task.title)

    async def take(self, answers: Sequence[Answer]) -> None:
        """Take in the answers of a level, and what they change for those after it."""
        known = {uri: file.after for uri, file in self._proposed.files.items() if file.offered}
        self._proposed.take((self._allowed(a), a.batch.uris) for a in answers)
        self._unseen.update(path for answer in answers for path in answer.unseen)
        self._spent = sum((answer.spent for answer in answers), self._spent)
        self._by = _who((self._by, *(answer.by for answer in answers)))
        told = list(self._shared.interfaces)
        for file in sorted(self._proposed.files.values(), key=lambda file: file.path):
            before = known.get(file.uri, file.before or "")
            if file.offered and file.after != before:
                lines = changes(before, file.after)
                told += [(file.new_path or file.path, tuple(lines))] if lines else []
        self._shared = replace(self._shared, interfaces=self._fitting(told))

    def _fitting(
        self, told: Sequence[tuple[str, tuple[str, ...]]]
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """As many of the changed interfaces as fit, the first ones: the beginning stays stable."""
        left = self._room.window // _INTERFACES_SHARE
        kept: list[tuple[str, tuple[str, ...]]] = []
        for path, lines in told:
            left -= self._room.count(f"{path}\n{''.join(lines)}") + 8
            if left < 0:
                break
            kept.append((path, lines))
        return tuple(kept)

    def _allowed(self, answer: Answer) -> ChangePlan:
        """What an answer proposes, without what it says of files that the user left out.

        What it says of files that it was not asked for is a risk, though it may have seen them.
        """
        files = [self._told_of(file, answer.batch) for file in answer.plan.files]
        return replace(answer.plan, files=tuple(files))

    def _told_of(self, file: FileChange, asked: Batch) -> FileChange:
        if file.uri in self._agreed.left_out:
            chosen = any(one.uri == file.uri for one in self._agreed.files)
            return file.refused(LEFT_OUT if chosen else _NOT_CHOSEN)
        known = self._proposed.change(file.uri)
        before = file.uri if known is None else known.uri
        expected = before in asked.uris or file.action == "create"
        return file if expected else _risky(file, (_OTHER,))

    async def _batches(self, level: int) -> list[Batch]:
        """The batches of a level, the same ones after a restart."""
        name = f"level:{level}"
        by_path = {file.path: file for file in self._agreed.files}
        kept = self._memory.known(name)
        if kept is None:
            files = [file for file in self._agreed.files if file.level == level]
            room = self._room
            shared = _FORMATS + room.rules + room.count(self._shared.text())
            own = room.usable - shared - room.usable // _AROUND_SHARE
            most = self._means.settings().refactor.files_in_a_request
            batches = packed(level, files, own, most)
            kept = [[file.path for file in batch.files] for batch in batches]
            if not self._task.finished:
                # Going on in truth sees more of the levels before, and may find other room.
                await self._memory.keep(name, kept)
        return [Batch(level, tuple(by_path[path] for path in paths)) for paths in kept]


def _who(several: Sequence[AnsweredBy | None]) -> AnsweredBy | None:
    """Whom to name of several who answered: what left this machine must be told."""
    known = [by for by in several if by is not None]
    away = [by for by in known if not by.local]
    return next(iter((away or known)[-1:]), None)


def _risky(file: FileChange, findings: Iterable[str]) -> FileChange:
    return replace(file, risks=tuple(dict.fromkeys((*file.risks, *findings))))
