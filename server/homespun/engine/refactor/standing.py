"""How the files of a refactor stand while several answers come, told as it changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from homespun.core.plan import ChangePlan
from homespun.engine.ports import Stage
from homespun.engine.refactor.task import FilesState, SurveyFile, Watching

_REPORT_EVERY = 0.1
"""Seconds between two reports of how much is written."""


@dataclass
class Standing:
    """How all files of a refactor stand, told as it changes."""

    events: Watching
    change_id: str
    waiting: dict[str, SurveyFile]
    running: dict[str, SurveyFile] = field(default_factory=dict[str, SurveyFile])
    done: set[str] = field(default_factory=set[str])
    failed: set[str] = field(default_factory=set[str])
    _began: float = field(default_factory=time.monotonic)
    _tokens_done: int = 0
    _written: dict[int, tuple[int, float]] = field(default_factory=dict[int, tuple[int, float]])
    _finished_tokens: int = 0
    _told: float = 0.0

    def begin(self, files: Sequence[SurveyFile]) -> None:
        """The model works on these."""
        for file in files:
            self.waiting.pop(file.uri, None)
            self.running[file.uri] = file
        self.tell()

    def end(self, file: SurveyFile, *, failed: bool, asked: bool) -> None:
        """One file is done with; `asked`: it took the model's time."""
        self.waiting.pop(file.uri, None)
        self.running.pop(file.uri, None)
        (self.failed if failed else self.done).add(file.uri)
        self._tokens_done += file.tokens if asked else 0
        self.tell()

    def again(self, files: Sequence[SurveyFile]) -> None:
        """These are to be worked on once more."""
        for file in files:
            self.done.discard(file.uri)
            self.failed.discard(file.uri)
            self.waiting[file.uri] = file
        self.tell()

    def wrote(self, answer: int, tokens: int, speed: float) -> None:
        """One of the answers that come is so long by now."""
        self._written[answer] = (tokens, speed)
        now = time.monotonic()
        if now - self._told >= _REPORT_EVERY:
            self._told = now
            total = self._finished_tokens + sum(count for count, _ in self._written.values())
            self.events.progress(total, sum(pace for _, pace in self._written.values()))

    def wrote_all(self, answer: int) -> None:
        """It is at its end."""
        self._finished_tokens += self._written.pop(answer, (0, 0.0))[0]

    def tell(self) -> None:
        """Tell it as it is now."""
        self.events.files(
            FilesState(
                self.change_id,
                len(self.done),
                len(self.failed),
                len(self.waiting),
                tuple(self.running.values()),
                self._left(),
            )
        )

    def _left(self) -> float | None:
        if not self._tokens_done:
            return None
        rest = sum(file.tokens for file in (*self.waiting.values(), *self.running.values()))
        return (time.monotonic() - self._began) / self._tokens_done * rest


class Quiet:
    """The `Events` of one answer among several: only how much is written is told."""

    def __init__(self, standing: Standing, number: int) -> None:
        """`number` tells this answer from the others of `standing`."""
        self._standing = standing
        self._number = number

    def stage(self, stage: Stage, detail: str = "") -> None:
        """Several answers are at several stages: the files' states tell more."""

    def progress(self, tokens: int, tokens_per_second: float) -> None:
        """How much of this one is written."""
        self._standing.wrote(self._number, tokens, tokens_per_second)

    def text(self, piece: str) -> None:
        """There is none."""

    def growing(self, plan: Callable[[], ChangePlan]) -> None:
        """The whole is told once it is whole."""

    def plan(self, plan: ChangePlan) -> None:
        """The same."""
