"""Which files a refactor is to change: surveyed, planned by the model, chosen by the user."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from homespun.core.symbols import Symbol
from homespun.core.text import Snapshot
from homespun.engine.refactor.agreed import Agreed
from homespun.engine.refactor.estimate import cost_of
from homespun.engine.refactor.means import Means
from homespun.engine.refactor.planning import Plan, outline, planned
from homespun.engine.refactor.survey import Found, Surveyor
from homespun.engine.refactor.task import RefactorTask, Survey, SurveyFile, Surveying, Watching
from homespun.engine.refactor.way import Asked, Way
from homespun.errors import HomespunError, NothingToDo

_DEFINITION_SHARE = 12
"""The definitions of what a refactor is about may take this part of the window, each."""
_PATIENCE = 120.0
"""Seconds that a workspace may take to be looked through before it is surveyed all the same."""
_POLL = 0.05


class Choosing:
    """Comes to an agreement with the user on the files of a refactor."""

    def __init__(self, means: Means) -> None:
        """`means` is what the refactor works with."""
        self._means = means
        self._began = time.time()

    async def agreed(
        self,
        task: RefactorTask,
        change_id: str,
        asked: Asked,
        events: Watching,
        review: Surveying,
    ) -> Agreed:
        """The files that the user wants changed, none for a no.

        Raises `NothingToDo` where none matters, or none of those that were chosen can be changed.
        """
        await self._looked_through(events)
        means = self._means
        surveyor = Surveyor(means.workspace, means.paths, means.index)
        found = await surveyor.find(task, asked.way.count, means.withheld)
        outlines = await self._outlines(found)
        plan = await planned(
            task.instruction,
            found.files,
            {path: outline(path, text, asked.way.count, 400) for path, text in outlines.items()},
            asked.way.composer,
            asked.way.asking,
            events,
        )
        survey = Survey(
            change_id,
            task.instruction,
            plan.files,
            partial(cost_of, speed=await means.speed(asked.by), at_once=asked.at_once),
            summary=plan.summary,
            decisions=plan.decisions,
            notes=(*found.notes, *plan.notes),
        )
        events.stage("reviewing")
        chosen = await review.survey(survey)
        if not chosen:
            return Agreed((), spent=plan.spent)
        definitions = await self._definitions(found, asked.way)
        return self._settled(survey, chosen, found, plan, definitions)

    def _settled(
        self,
        survey: Survey,
        chosen: Sequence[str],
        found: Found,
        plan: Plan,
        definitions: tuple[tuple[str, str], ...],
    ) -> Agreed:
        """What the user's choice comes to; files that were not in the survey come last."""
        listed = {file.uri: file for file in survey.files}
        last = max((file.level for file in survey.files), default=0)
        more = [
            SurveyFile(uri, self._means.paths.relative(uri), ("added by you",), 0, last)
            for uri in dict.fromkeys(chosen)
            if uri not in listed and self._means.paths.inside(uri)
        ]
        wanted = set(chosen)
        kept = [file for file in survey.files if file.uri in wanted and not file.refusal]
        files = tuple(replace(file, chosen=True) for file in (*kept, *more))
        if not files:
            raise NothingToDo("None of the files that were chosen can be changed.")
        left_out = tuple(u for u, file in listed.items() if u not in wanted or file.refusal)
        return Agreed(
            files,
            left_out=left_out,
            names=found.names,
            summary=plan.summary,
            decisions=plan.decisions,
            definitions=definitions,
            spent=plan.spent,
        )

    async def _looked_through(self, events: Watching) -> None:
        """Wait until the index has looked through the workspace, as long as that is bearable."""
        until = time.monotonic() + _PATIENCE
        while not await self._is_complete() and time.monotonic() < until:
            events.stage("waiting", "looking through the workspace")
            await asyncio.sleep(_POLL)

    async def _is_complete(self) -> bool:
        """Whether the index covers all files as they were when this process began, or later."""
        state = await self._means.index.state()
        known = state.words and state.symbols and state.walked >= self._began
        return bool(state.problem) or known

    async def _outlines(self, found: Found) -> dict[str, str]:
        """The texts of the files that define what the refactor is about, by path."""
        found_in = [await self._shown(symbol) for symbol in found.definitions[:5]]
        return {path: snapshot.text for path, snapshot in filter(None, found_in)}

    async def _definitions(self, found: Found, way: Way) -> tuple[tuple[str, str], ...]:
        """What the refactor is about, as it is before: (path, text), as far as each fits."""
        shown: list[tuple[str, str]] = []
        for symbol in found.definitions[:3]:
            if (file := await self._shown(symbol)) is None:
                continue
            path, snapshot = file
            text = "".join(snapshot.lines[symbol.line : symbol.end_line + 1])
            if way.count(text) > way.window // _DEFINITION_SHARE:
                text = symbol.signature
            if text:
                shown.append((path, text))
        return tuple(shown)

    async def _shown(self, symbol: Symbol) -> tuple[str, Snapshot] | None:
        """The path and the text of the file of `symbol`, where that can be read and may leave."""
        paths = self._means.paths
        uri = paths.uri_of(symbol.folder, symbol.path)
        if self._means.withheld(paths.absolute(uri)):
            return None
        with suppress(HomespunError):
            snapshot = await self._means.workspace.read(uri)
            return None if snapshot is None else (paths.relative(uri), snapshot)
        return None
