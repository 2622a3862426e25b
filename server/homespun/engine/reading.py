"""A reply on its way in: parsed as it streams, each finished update placed at once.

Of an update that is still open, what is settled is shown; see `growing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from homespun.core.plan import ChangePlan
from homespun.core.reply import FileUpdate, Growth, ReplyParser, parser
from homespun.engine.gate import OutwardGate
from homespun.engine.place import Placer
from homespun.engine.ports import Events
from homespun.errors import Malformed


class Reading:
    """One reply, and the second one where the first could not all be used."""

    def __init__(self, placer: Placer, gate: OutwardGate, plan_id: str, events: Events) -> None:
        """`placer` and `gate` are this task's own; the growing plan goes to `events`."""
        self._placer = placer
        self._gate = gate
        self._plan_id = plan_id
        self._events = events
        self._parser: ReplyParser = parser()
        self._broken: Malformed | None = None
        self._repairing = False
        self._taken = 0
        self._summary = ""

    async def feed(self, text: str) -> None:
        """The next piece. A reply that breaks is read on, for the repair and the journal."""
        if self._broken is not None:
            return
        try:
            await self._take(self._parser.feed(text))
        except Malformed as broken:
            self._broken = broken
        else:
            await self._grow(self._parser.growth())

    async def finish(self) -> tuple[str, ...]:
        """The reply has come to its end: why not all of it can be used, empty where it can."""
        if self._broken is None:
            try:
                reply = self._parser.finish()
                self._summary = reply.summary or self._summary
                # What only the end of the reply could decide, such as a lone fenced block.
                await self._take(reply.updates[self._taken :])
            except Malformed as broken:
                self._broken = broken
        if self._broken is not None:
            return (self._broken.message,)
        return self._placer.repairable()

    def begin_repair(self) -> None:
        """Read another reply: to all of it where the first was broken, else to what was refused."""
        if self._broken is not None:
            self._placer.forget_all()
        else:
            self._repairing = True
            self._placer.forget_refused()
        self._parser, self._broken, self._taken = parser(), None, 0

    def give_up_repair(self, reason: str) -> None:
        """The second reply is of no use, for `reason`: what the first one said stands."""
        self._broken = Malformed(reason)

    def plan(self) -> ChangePlan:
        """What both replies came to. Raises `Malformed` where no reply could be understood."""
        self._settle()
        return self._placer.plan(self._plan_id, self._summary, complete=True)

    def _settle(self) -> None:
        if self._broken is not None and not self._repairing:
            raise self._broken
        if self._broken is not None:
            self._placer.restore_first()
        self._placer.keep_refused()

    async def _take(self, updates: Sequence[FileUpdate]) -> None:
        self._taken += len(updates)
        for update in updates:
            if self._repairing and self._placer.is_good(update):
                continue
            await self._placer.take(self._gate.inward(update))
        if updates:
            self._events.growing(self._so_far)

    async def _grow(self, growth: Growth | None) -> None:
        if growth is None:
            return
        update = FileUpdate(growth.action, growth.file, growth.hunks, growth.text)
        if self._repairing and self._placer.is_good(update):
            return
        update = self._gate.inward(update)
        if await self._placer.grow(replace(growth, hunks=update.hunks, text=update.text)):
            self._events.growing(self._so_far)

    def _so_far(self) -> ChangePlan:
        return self._placer.plan(self._plan_id, self._summary, complete=False)
