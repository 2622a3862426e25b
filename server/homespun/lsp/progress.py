"""How a job is doing, told in whichever ways the editor understands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from homespun.core.counting import counted
from homespun.core.plan import ChangePlan
from homespun.engine.ports import Stage
from homespun.lsp.failures import report
from homespun.lsp.markdown import AsItIs, ImageFilter
from homespun.lsp.plans import PlanNotes

if TYPE_CHECKING:
    from homespun.engine.refactor.task import FilesState
    from homespun.lsp.server import Server

_REPORT_EVERY = 0.1
"""Seconds between two reports."""
_TEXT_EVERY = 0.05
"""Seconds between two pieces of streamed text."""

_WORDS: dict[Stage, str] = {
    "waiting": "Waiting for the model",
    "loading": "The model is being loaded",
    "reading": "The model is reading",
    "thinking": "The model is thinking",
    "writing": "The model is writing",
    "checking": "Checking the change",
    "reviewing": "Waiting for your decision",
    "applying": "Applying the change",
    "done": "Done",
}


class Progress:
    """The `Events` port for one job: `$/progress`, and `homespun/job` for clients that know it.

    Uses the request's own token, else one that the editor is asked to create, where it takes
    that. Reports are held back to ten a second; a new stage is always told.
    """

    def __init__(
        self,
        server: Server,
        job_id: str,
        title: str,
        work_token: str | int | None,
        partial_token: str | int | None,
    ) -> None:
        self.token: str | int = job_id if work_token is None else work_token
        self.standing: FilesState | None = None
        """How the files of a refactor stand; None before the model works on them."""
        self._server = server
        self._job_id = job_id
        self._title = title
        self._given = work_token is not None
        self._partial_token = partial_token
        self._state: dict[str, Any] = {"stage": "waiting", "tokens": 0, "tokensPerSecond": 0.0}
        self._message = ""
        self._result = ""
        self._begun = False
        self._creating: asyncio.Task[None] | None = None
        self._last_report = 0.0
        self._text: ImageFilter | AsItIs = ImageFilter()
        self._pieces: list[str] = []
        self._flush: asyncio.TimerHandle | None = None
        self._text_sent = -_TEXT_EVERY
        self._plans = PlanNotes(server)

    @property
    def waits_for_user(self) -> bool:
        """Whether nothing goes on but the user's own thinking."""
        return self._state["stage"] == "reviewing"

    def open(self) -> None:
        """Begin; where the editor must create the progress first, the job doesn't wait for it."""
        if self._given:
            self._begin()
        elif self._server.client.progress:
            self._creating = asyncio.create_task(self._create())
        self._send_job()

    def stage(self, stage: Stage, detail: str = "") -> None:
        """The job has come to `stage`."""
        self._state["stage"] = stage
        if stage in ("applying", "done"):
            self.standing = None  # What is applied by then is no longer left for later.
        self._message = f"{_WORDS[stage]} ({detail})" if detail else _WORDS[stage]
        self._report(asyncio.get_running_loop().time())

    def progress(self, tokens: int, tokens_per_second: float) -> None:
        """Tokens written so far, and how fast."""
        self._state |= {"tokens": tokens, "tokensPerSecond": round(tokens_per_second, 1)}
        words = _WORDS[self._state["stage"]]
        self._message = f"{words}: {counted(tokens, 'token')}, {tokens_per_second:.0f} a second"
        now = asyncio.get_running_loop().time()
        if now - self._last_report >= _REPORT_EVERY:
            self._report(now)

    def text(self, piece: str) -> None:
        """The next words of an explanation: the first at once, those after it in batches."""
        if self._partial_token is None:
            return
        self._pieces.append(self._text.feed(piece))
        if self._flush is not None:
            return
        loop = asyncio.get_running_loop()
        wait = self._text_sent + _TEXT_EVERY - loop.time()
        if wait > 0:
            self._flush = loop.call_later(wait, self._send_text)
        else:
            self._send_text()

    def leave_text(self) -> None:
        """Send text as it is: a program asked for it, and shows it or not."""
        self._text = AsItIs()

    def files(self, state: FilesState) -> None:
        """How the files of a refactor stand."""
        from homespun.lsp.refactor_wire import files_note, files_words

        self.standing = state
        self._state["files"] = files_note(state)
        self._message = files_words(state)
        self._report(asyncio.get_running_loop().time())

    def growing(self, plan: Callable[[], ChangePlan]) -> None:
        """There is more to see of the change, for clients that show it."""
        self._plans.grow(plan)

    def plan(self, plan: ChangePlan) -> None:
        """The change that waits, for clients that show it."""
        self._plans.tell(plan)

    def result(self, message: str) -> None:
        """What the end of the progress will say."""
        self._result = message

    def close(self) -> None:
        """End: whatever was begun is ended, and all text is sent."""
        self._plans.close()
        if self._flush is not None:
            self._flush.cancel()
        self._pieces.append(self._text.finish())
        self._send_text()
        if self._creating is not None:
            self._creating.cancel()
        if self._begun:
            self._send(types.WorkDoneProgressEnd(message=self._result or None))
        self._state["stage"] = "done"
        self._send_job()

    async def _create(self) -> None:
        params = types.WorkDoneProgressCreateParams(self.token)
        try:
            await self._server.window_work_done_progress_create_async(params)
        except Exception as error:
            report(error)
            return
        self._begin()

    def _begin(self) -> None:
        self._begun = True
        message = self._message or _WORDS["waiting"]
        self._send(types.WorkDoneProgressBegin(self._title, cancellable=True, message=message))

    def _report(self, now: float) -> None:
        self._last_report = now
        if self._begun:
            self._send(types.WorkDoneProgressReport(cancellable=True, message=self._message))
        self._send_job()

    def _send(self, value: Any) -> None:
        self._server.progress(types.ProgressParams(self.token, value))

    def _send_job(self) -> None:
        if self._server.client.homespun:
            note = {"id": self._job_id, "workDoneToken": self.token, **self._state}
            self._server.connection.notify("homespun/job", note)

    def _send_text(self) -> None:
        self._flush = None
        text, self._pieces = "".join(self._pieces), []
        if text and self._partial_token is not None:
            self._text_sent = asyncio.get_running_loop().time()
            self._server.progress(types.ProgressParams(self._partial_token, {"text": text}))
