"""The jobs that run: each one task, with its progress, and its end told to the user."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from homespun.errors import HomespunError, InputError
from homespun.lsp.progress import Progress
from homespun.lsp.review import EditorReview

if TYPE_CHECKING:
    from homespun.lsp.server import Server

_log = logging.getLogger(__name__)
T = TypeVar("T")
_AT_ONCE = 6
"""Jobs at the same time; a local model serves one or two, the rest would only wait unseen."""
_GRACE = 1.0
"""Seconds that cancelled jobs get to clean up when the editor leaves."""

Token = str | int


@dataclass(frozen=True, slots=True)
class Job:
    """What a handler is given of its job: how to tell the user, and how to ask."""

    id: str
    events: Progress
    review: EditorReview


@dataclass(frozen=True, slots=True)
class Tokens:
    """The progress tokens that a request brought: `work` for stages, `partial` for results."""

    work: Token | None = None
    partial: Token | None = None


@dataclass(frozen=True, slots=True)
class _Running:
    task: asyncio.Task[Any]
    progress: Progress


class Jobs:
    """The register of running jobs."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._running: dict[Token, _Running] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._leaving = False
        self._numbers = itertools.count(1)

    def admit(self) -> str:
        """The id of one more job. Raises `InputError` where there are too many."""
        if sum(not one.progress.waits_for_user for one in self._running.values()) >= _AT_ONCE:
            raise InputError(
                f"{_AT_ONCE} jobs are running already.",
                "Wait for one to end, or cancel it by its progress.",
            )
        return f"homespun-job-{next(self._numbers)}"

    async def run(
        self, job_id: str, title: str, tokens: Tokens, work: Callable[[Job], Awaitable[T]]
    ) -> T:
        """Do `work` as the current task, which cancelling the job's progress cancels."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine always runs in one
        progress = Progress(self._server, job_id, title, tokens.work, tokens.partial)
        self._running[progress.token] = _Running(task, progress)
        try:
            progress.open()
            return await work(Job(job_id, progress, EditorReview(self._server)))
        except HomespunError as error:
            _log.info("%s ended: %s", title, error.code)
            progress.result(error.message)
            raise
        finally:
            self._running.pop(progress.token, None)
            progress.close()

    def start(
        self, job_id: str, title: str, tokens: Tokens, work: Callable[[Job], Awaitable[None]]
    ) -> None:
        """Do `work` in the background; where it fails, the user is told."""
        self.later(self.run(job_id, title, tokens, work))

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work` in the background; where it fails, the user is told.

        Nothing is begun any more once the editor leaves.
        """
        if self._leaving:
            work.close()
            return
        task = asyncio.create_task(self._unattended(work))
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    def cancel_token(self, token: Token) -> None:
        """Cancel the job whose progress has `token`; nothing where there is none any more."""
        if (running := self._running.get(token)) is not None:
            cancel_once(running.task)

    async def close(self) -> None:
        """Cancel every job, and give them a moment to clean up."""
        self._leaving = True
        current = asyncio.current_task()
        running = (one.task for one in self._running.values())
        tasks: set[asyncio.Task[Any]] = {*running, *self._background} - {current}
        for task in tasks:
            cancel_once(task)
        if tasks:
            await asyncio.wait(tasks, timeout=_GRACE)

    async def _unattended(self, job: Awaitable[None]) -> None:
        try:
            await job
        except Exception as error:
            self._server.complain(error)


def cancel_once(future: asyncio.Future[Any] | Future[Any]) -> None:
    """Cancel it where it is not being cancelled already.

    A second cancel, as of a request and of its progress, would break into the closing of the
    connection to a model's server, which would go on for nobody.
    """
    if not (isinstance(future, asyncio.Task) and future.cancelling()):
        future.cancel()
