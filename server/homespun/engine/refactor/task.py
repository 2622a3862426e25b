"""What a refactor is asked for and what it tells: its values, and the ports beyond an edit's."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from homespun.engine.ports import Events, Outcome, Place, Review


@dataclass(frozen=True, slots=True)
class RefactorTask:
    """What the user wants changed, and where.

    `place` is a hint: the symbol there. `include` and `exclude` are globs on paths as people see
    them (`src/**/*.py`; a folder's name stands for all in it). `dry_run` makes nothing: the change
    is kept, and can be resumed. `resume` is the id of a refactor that was left, which says all the
    rest; what `exclude` names is left out of it then. `finished`: only what was done before is gone
    on with, and the model is asked nothing more.
    """

    instruction: str
    place: Place | None = None
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    review: Literal["never", "risky", "always"] | None = None
    model: str | None = None
    dry_run: bool = False
    resume: str = ""
    finished: bool = False

    @property
    def title(self) -> str:
        """What the change is called in the history."""
        line = " ".join(self.instruction.split())
        return f"Refactor: {line if len(line) <= 60 else line[:59] + '…'}"

    def resuming(self, change_id: str) -> str:
        """The command that goes on with this refactor, without the files that this run leaves out.

        What a first run leaves out is kept with it, what a resume does is not.
        """
        globs = self.exclude if self.resume else ()
        excluded = (word for glob in globs for word in ("--exclude", glob))
        return shlex.join(("homespun", "refactor", "--resume", change_id, *excluded))


@dataclass(frozen=True, slots=True)
class SurveyFile:
    """One file that may matter.

    `tokens` is about what it costs to read. `level` counts from 0: files of a later one are worked
    on once those of the earlier ones are done, and see what changed there. `refusal` is why it
    cannot be changed ("" where it can): such a file is never chosen.
    """

    uri: str
    path: str
    reasons: tuple[str, ...]
    tokens: int
    level: int = 0
    chosen: bool = True
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What the chosen files take: `tokens` read and written, about.

    `seconds` by the speed at which this model was seen to work (`tokens_per_second`, of writing);
    None where it was not seen yet.
    """

    files: int
    tokens: int
    seconds: float | None
    tokens_per_second: float | None


Estimate = Callable[[Sequence[SurveyFile]], Cost]


@dataclass(frozen=True, slots=True)
class Survey:
    """The files that may matter, in the order in which they would be worked on.

    `summary` says how the model would go about it, `decisions` what holds for all files; both
    empty where it was not asked or answered rubbish. `notes` are for people. `estimate` tells what
    the chosen of some files take.
    """

    change_id: str
    instruction: str
    files: tuple[SurveyFile, ...]
    estimate: Estimate
    summary: str = ""
    decisions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def chosen(self) -> tuple[SurveyFile, ...]:
        """The files that would be worked on."""
        return tuple(file for file in self.files if file.chosen)

    @property
    def cost(self) -> Cost:
        """What these take."""
        return self.estimate(self.files)

    def choosing(self, uris: Collection[str]) -> Survey:
        """The same with these files chosen, as far as they can be changed."""
        files = (replace(f, chosen=f.uri in uris and not f.refusal) for f in self.files)
        return replace(self, files=tuple(files))


@dataclass(frozen=True, slots=True)
class FilesState:
    """How the files of a refactor stand.

    `running` are those that the model works on now. `seconds_left` is about how long it will
    take, None where nothing is done yet that it could be told by.
    """

    change_id: str
    done: int = 0
    failed: int = 0
    waiting: int = 0
    running: tuple[SurveyFile, ...] = ()
    seconds_left: float | None = None

    @property
    def over(self) -> int:
        """Those that are not worked on any more, whatever came of them."""
        return self.done + self.failed

    @property
    def total(self) -> int:
        """All of them."""
        return self.over + self.waiting + len(self.running)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A refactor that was left before its end. `at` is seconds since 1970, UTC.

    `files` are all that were chosen, `done` those whose answers are kept. `running`: another
    process is at it.
    """

    change_id: str
    at: float
    instruction: str
    files: int
    done: int
    running: bool = False


@dataclass(frozen=True, slots=True)
class Refactored:
    """How a refactor ended; `diff` is a patch of what would be made, for a dry run only.

    `left` are findings of the last check, of files in the change and elsewhere. `passed` is False
    where a check of the user's own failed, which `outcome.reasons` tells. `unseen` are the paths of
    files that belong to some of those that were worked on, and had no room beside them. `kept`: it
    can be resumed, or dropped.
    """

    outcome: Outcome
    diff: str = ""
    left: tuple[str, ...] = ()
    passed: bool = True
    unseen: tuple[str, ...] = ()
    kept: bool = False


class Watching(Events, Protocol):
    """Tells the user how a refactor is doing; never blocks, never fails."""

    def files(self, state: FilesState) -> None:
        """How the files stand now."""
        ...


class Surveying(Review, Protocol):
    """Asks the user, also which files are to be changed."""

    async def survey(self, survey: Survey) -> Sequence[str] | None:
        """The URIs of the files to work on, or None to leave all as it is."""
        ...
