"""From a scene to a request: what the model must see, through the outward gate, in its window."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from homespun.core.context import Candidate, Context, DoesNotFit, LeftOut, fit
from homespun.core.formats import Tried
from homespun.core.nearness import LONGEST, compared, question, raised, summary
from homespun.core.prompt import Message, Task, edit_messages, explain_messages
from homespun.core.reply import ReplyFormat
from homespun.core.schema import schema_for
from homespun.core.session import Session, continued, resumed
from homespun.core.text import Span
from homespun.engine.gate import OutwardGate
from homespun.engine.gather import Gatherer, Subject
from homespun.engine.memory import Memory
from homespun.engine.nearness import Near
from homespun.engine.scene import Scene
from homespun.engine.tally import Tally
from homespun.errors import ContextOverflow
from homespun.providers.base import ChatMessage, Request, Window

_MARGIN = 0.04
"""The share of the window that stays free: the estimate of tokens is not exact."""
_FRAME = 64
"""Tokens that stay free besides: what the chat template adds."""
_LEAST_ANSWER = 256
"""Tokens below which no answer is worth asking for."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the settings say of how to ask. `max_output_tokens` bounds each answer."""

    edit_format: str = "auto"
    temperature: float | None = 0.2
    max_output_tokens: int = 8192
    effort: str = ""
    strict: bool = False
    tried: Mapping[ReplyFormat, Tried] = field(default_factory=dict[ReplyFormat, Tried])


@dataclass(frozen=True, slots=True)
class Budget:
    """How a window is used, in tokens; `exact`: the prompt was counted by the server itself."""

    prompt: int
    answer: int
    margin: int
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """What would be sent, what of the workspace is in it and what is not, the format asked for."""

    request: Request
    context: Context
    shape: ReplyFormat | None
    window: Window
    budget: Budget

    def counted(self, tokens: int) -> Prompt:
        """The same, now that the server has counted it."""
        return replace(self, budget=replace(self.budget, prompt=tokens, exact=True))


Render = Callable[[Context], tuple[Message, ...]]


@dataclass(frozen=True, slots=True)
class _Making:
    """What one prompt is made from."""

    scene: Scene
    render: Render
    shape: ReplyFormat | None
    candidates: Sequence[Candidate]
    left_out: tuple[LeftOut, ...]
    window: Window


class Composer:
    """Makes the requests of one task: every one passes the outward gate here."""

    def __init__(
        self,
        gatherer: Gatherer,
        gate: OutwardGate,
        tally: Tally,
        memory: Memory,
        wishes: Wishes,
        near: Near | None = None,
    ) -> None:
        """`tally` knows the model's window and tokens, `memory` what it was shown already.

        `gate` is this task's own. `near` compares files with the instruction by their meaning.
        """
        self._gatherer = gatherer
        self._gate = gate
        self._tally = tally
        self._memory = memory
        self._wishes = wishes
        self._near = near

    async def edit(self, scene: Scene) -> Prompt:
        """Ask for an edit. Raises `ContextOverflow`, and `InputError` for a withheld file."""
        shape = scene.reply_format(self._wishes.edit_format, self._wishes.tried)
        task = self._hidden(scene)
        return await self._composed(
            scene, lambda context: edit_messages(task, context, shape), shape
        )

    async def explain(self, scene: Scene) -> Prompt:
        """Ask for an explanation. Raises as `edit` does."""
        task = self._hidden(scene)
        return await self._composed(scene, lambda context: explain_messages(task, context), None)

    def doubts(self, prompt: Prompt) -> bool:
        """Whether `prompt` is worth having counted by its server."""
        return self._tally.doubts(prompt.budget.prompt, prompt.window)

    async def exact(self, prompt: Prompt) -> Prompt:
        """`prompt` as its server counts it, where that tells."""
        counted = await self._tally.counted(prompt.request.messages)
        return prompt if counted is None else prompt.counted(counted)

    def sent(self, prompt: Prompt) -> None:
        """`prompt` goes to the model: the next one begins as it does."""
        self._memory.keep(continued(prompt.context))

    async def chat(
        self, messages: Sequence[ChatMessage], tools: Sequence[Mapping[str, object]]
    ) -> Request:
        """Ask what others ask, with nothing added. Raises `ContextOverflow`."""
        window = await self._tally.window()
        said, offered = self._gate.outward_chat(messages), self._gate.outward_tools(tools)
        needed = self._tally.count(said)
        needed += sum(self._tally.cost(json.dumps(tool)) for tool in offered)
        room = _usable(window) - needed
        if room < _LEAST_ANSWER:
            raise _overflow("The chat", needed + _LEAST_ANSWER, window)
        return replace(self._asking(said, room), tools=offered)

    def again(self, prompt: Prompt, told: Sequence[Message]) -> Request | None:
        """The same question with more said; None where that does not fit any more."""
        messages = (*prompt.request.messages, *self._gate.outward(told))
        room = _usable(prompt.window) - self._tally.count(messages)
        if room < _LEAST_ANSWER:
            return None
        return replace(
            prompt.request, messages=messages, max_tokens=min(room, prompt.request.max_tokens)
        )

    async def _composed(self, scene: Scene, render: Render, shape: ReplyFormat | None) -> Prompt:
        """The prompt, counted by the server where that may change what is in it."""
        window = await self._tally.window()
        problems = tuple(problem.message for problem in scene.task.diagnostics)
        subject = Subject(scene.shown, scene.path, scene.focus, scene.task.instruction, problems)
        session = self._memory.session
        found = await self._gatherer.gather(subject, session.uris())
        admitted, withheld = self._gate.admit(found.candidates)
        candidates = await self._by_meaning(subject, admitted)
        left_out = (*withheld, *found.left_out)
        making = _Making(scene, render, shape, candidates, left_out, window)
        try:
            prompt = self._fitted(making, session)
        except ContextOverflow:
            # The estimate is careful; by the server's own count it may fit all the same.
            if not await self._tally.counted((Message("user", self._main(scene)),)):
                raise
            prompt = self._fitted(making, session)
        if not self.doubts(prompt):
            return prompt
        counted = await self._tally.counted(prompt.request.messages)
        if counted is None:
            return prompt
        # By now the estimate has learned from the count, so this fits, and leaves no room unused.
        again = self._fitted(making, session)
        if again.request.messages != prompt.request.messages:
            counted = await self._tally.counted(again.request.messages)
        return again if counted is None else again.counted(counted)

    async def _by_meaning(
        self, subject: Subject, candidates: Sequence[Candidate]
    ) -> Sequence[Candidate]:
        """The candidates, those first whose meaning is near. What is compared leaves as well."""
        if self._near is None or not subject.instruction.strip():
            return candidates
        those = compared(candidates)

        def texts() -> Sequence[str]:
            asked = question(subject.instruction, subject.snapshot, subject.path, subject.focus)
            return [self._brief(text) for text in (asked, *map(summary, those))]

        # In a thread: looking for secrets in sixty texts takes longer than a keystroke may wait.
        return raised(candidates, those, await self._near(await asyncio.to_thread(texts)))

    def _brief(self, text: str) -> str:
        """The beginning of a text as it may leave; a secret that is cut there is hidden as well."""
        return self._gate.part(text, Span(0, min(LONGEST, len(text))))

    def _fitted(self, making: _Making, session: Session) -> Prompt:
        window, scene = making.window, making.scene
        bare = self._tally.count(making.render(Context((), ())))
        budget = _usable(window) - bare - self._answer_reserve(scene, window)
        context = self._fit(making, budget)
        context = resumed(session, context, making.candidates, budget, self._tally.cost)
        messages = self._gate.outward(making.render(context))
        spent = self._tally.count(messages)
        room = _usable(window) - spent
        if room < _LEAST_ANSWER:
            raise _overflow(scene.path, spent + _LEAST_ANSWER, window)
        schema = None if making.shape is None else schema_for(making.shape)
        request = replace(self._asking(messages, room), schema=schema)
        context = replace(context, left_out=(*context.left_out, *making.left_out))
        budgeted = Budget(spent, request.max_tokens, window.tokens - _usable(window))
        return Prompt(request, context, making.shape, window, budgeted)

    def _asking(self, messages: tuple[Message | ChatMessage, ...], room: int) -> Request:
        """A question for free text, as the settings wish it; `room` in tokens for its answer."""
        return Request(
            messages,
            min(self._wishes.max_output_tokens, room),
            self._wishes.temperature,
            effort=self._wishes.effort,
            strict=self._wishes.strict,
        )

    def _fit(self, making: _Making, budget: int) -> Context:
        try:
            return fit(making.candidates, budget, self._tally.cost)
        except DoesNotFit as big:
            needed = big.needed + making.window.tokens - budget
            raise _overflow(big.path, needed, making.window) from None

    def _answer_reserve(self, scene: Scene, window: Window) -> int:
        """Tokens kept for the answer: what the changed part may become, with room to think."""
        wanted = max(1024, self._tally.cost(scene.part) * 3 // 2)
        return min(wanted, self._wishes.max_output_tokens, _usable(window) // 2)

    def _main(self, scene: Scene) -> str:
        """The file that the task is about, as it may leave."""
        return self._gate.part(scene.shown.text, Span(0, len(scene.shown.text)))

    def _hidden(self, scene: Scene) -> Task:
        """The task without secrets: a selection may begin in the middle of one."""
        task = scene.prompt_task()
        if task.region is None or scene.region is None:
            return task
        text = self._gate.part(scene.shown.text, scene.region)
        return replace(task, region=replace(task.region, text=text))


def _usable(window: Window) -> int:
    return window.tokens - int(window.tokens * _MARGIN) - _FRAME


def _overflow(path: str, needed: int, window: Window) -> ContextOverflow:
    known = "by guess, since the server does not say" if window.guessed else f"by {window.by}"
    return ContextOverflow(
        f"{path} does not fit the model's context window: about {needed} tokens are needed,"
        f" {window.tokens} are there ({known}).",
        "Select or send less, give the model a larger window on its server (Ollama: num_ctx,"
        " llama.cpp: -c), or choose another model.",
        prompt_tokens=needed,
        window=window.tokens,
    )
