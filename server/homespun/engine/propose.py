"""From a task to a plan: ask, read, place, and let the model mend its reply once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from homespun.core.formats import Ending
from homespun.core.plan import ChangePlan
from homespun.core.prompt import Message, repair_message
from homespun.core.reply import ReplyFormat
from homespun.engine.ask import Answer, ask
from homespun.engine.compose import Prompt
from homespun.engine.ledger import Ledger, Purpose
from homespun.engine.meter import Meter, size
from homespun.engine.ports import Events, Spent
from homespun.engine.reading import Reading
from homespun.engine.scene import Scene
from homespun.engine.timing import Timing
from homespun.errors import ContextOverflow, CutShort, HomespunError, Lost, Malformed, PromptCut
from homespun.providers.base import AnsweredBy, Provider, Request

_MOST_REASONS = 20
"""Reasons that a repair tells the model; more would only fill its window."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What came of asking: a plan, the replies as they were, and what they took.

    `torn` is why the second reply broke off, where it did: the plan is what the first one said.
    """

    plan: ChangePlan
    replies: tuple[str, ...]
    spent: Spent
    torn: Lost | None = None


class Asking:
    """Puts requests to one provider, and learns from each how it counts."""

    def __init__(self, provider: Provider, meter: Meter, ledger: Ledger) -> None:
        """`meter` is kept for this provider from one task to the next."""
        self._provider = provider
        self._meter = meter
        self._ledger = ledger

    @property
    def by(self) -> AnsweredBy:
        """Who answers; of a route only known once it has."""
        return self._provider.identity

    async def put(
        self,
        request: Request,
        events: Events,
        receive: Callable[[str], Awaitable[None]],
        purpose: Purpose,
    ) -> Answer:
        """The answer to `request`. Raises `PromptCut` where the server did not read it all."""
        sent = sum(size(message.content) for message in request.messages)
        timing = Timing()
        ending = "interrupted"
        try:
            answer = await ask(self._provider, request, events, receive, timing)
            ending = "answered"
        except HomespunError as error:
            ending = error.code
            if isinstance(error, ContextOverflow):
                self._meter.learn(sent, error.prompt_tokens or 0)
            raise
        finally:
            # An answer that was cut off or cancelled cost its tokens as well.
            by = self._provider.identity
            spent = await self._ledger.note(purpose, by, timing.spent(), ending)
        self._refuse_cut(sent, spent.prompt_tokens)
        if not request.features:  # pictures and tools cost tokens that are no text
            self._meter.learn(sent, spent.prompt_tokens)
        return replace(answer, spent=spent)

    def _refuse_cut(self, sent: int, read: int) -> None:
        if not self._meter.was_cut(sent, read):
            return
        self._provider.doubt_window()
        raise PromptCut(
            f"The server read only {read} tokens of a prompt of about {self._meter.tokens(sent)},"
            " so the model did not see all of it; nothing was changed.",
            "Give the model a larger context window on its server (Ollama: num_ctx), or set"
            " context.window to what it really has.",
        )


async def with_less(ask_once: Callable[[], Awaitable[Answer]], events: Events) -> Answer:
    """`ask_once`, and once more where the server said by how much the prompt was too long.

    What it said has been learned by then, so the second prompt is composed to fit.
    """
    try:
        return await ask_once()
    except ContextOverflow as overflow:
        if not overflow.prompt_tokens:
            raise
        events.stage("reading", "the prompt was too long for the server; sending less")
        return await ask_once()


class Composing(Protocol):
    """What makes the question for a scene, and the same question with more said."""

    async def edit(self, scene: Scene) -> Prompt:
        """Ask for an edit. Raises `ContextOverflow`, and `InputError` for a withheld file."""
        ...

    def sent(self, prompt: Prompt) -> None:
        """`prompt` goes to the model."""
        ...

    def again(self, prompt: Prompt, told: Sequence[Message]) -> Request | None:
        """The same question with more said; None where that does not fit any more."""
        ...


class Proposer:
    """Asks for one edit."""

    def __init__(
        self,
        composer: Composing,
        asking: Asking,
        read: Callable[[Prompt], Reading],
        note: Callable[[ReplyFormat, Ending], None],
    ) -> None:
        """`read` begins to read the reply to a prompt; `note` is told how a first reply ended."""
        self._composer = composer
        self._asking = asking
        self._read = read
        self._note = note

    async def propose(self, scene: Scene, events: Events) -> Proposal:
        """Ask for the change and place it; files that could not be placed are in it, refused.

        Raises the `ModelError` and `ReplyError` families.
        """
        attempt = _Attempt()

        async def once() -> Answer:
            attempt.prompt = await self._composer.edit(scene)
            attempt.reading = self._read(attempt.prompt)
            self._composer.sent(attempt.prompt)
            return await self._asking.put(
                attempt.prompt.request, events, attempt.reading.feed, "edit"
            )

        first = await with_less(once, events)
        events.stage("checking")
        reasons = await attempt.reading.finish()
        if attempt.prompt.shape is not None:
            self._note(attempt.prompt.shape, "failed" if reasons else "placed")
        second = await self._repair(attempt, first, reasons, events) if reasons else None
        answers = (first,) if second is None else (first, second)
        return Proposal(
            attempt.plan(),
            tuple(answer.text for answer in answers),
            sum((answer.spent for answer in answers), Spent()),
            attempt.torn,
        )

    async def _repair(
        self, attempt: _Attempt, first: Answer, reasons: tuple[str, ...], events: Events
    ) -> Answer | None:
        """One more try with the reasons told; None where it does not fit or came to nothing."""
        told = Message("assistant", first.text), repair_message(reasons[:_MOST_REASONS])
        request = self._composer.again(attempt.prompt, told)
        if request is None:
            return None
        events.stage("checking", "asking the model to mend its reply")
        attempt.reading.begin_repair()
        try:
            answer = await self._asking.put(request, events, attempt.reading.feed, "repair")
        except (CutShort, ContextOverflow) as error:
            attempt.reading.give_up_repair(error.message)
            attempt.torn = error if isinstance(error, Lost) else None
            return None
        events.stage("checking")
        await attempt.reading.finish()
        return answer


class _Attempt:
    """The prompt that was sent last, and the reading of its reply."""

    prompt: Prompt
    reading: Reading
    torn: Lost | None = None

    def plan(self) -> ChangePlan:
        """What the replies came to. Raises `Malformed`, or why the last hope broke off."""
        try:
            return self.reading.plan()
        except Malformed as nothing:
            raise self.torn or nothing from None
