"""From a scene to a request: what the model must see, through the outward gate, in its window."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from homespun.core.context import Candidate, Context, DoesNotFit, fit
from homespun.core.formats import Tried
from homespun.core.prompt import Message, edit_messages, explain_messages
from homespun.core.reply import ReplyFormat
from homespun.core.schema import schema_for
from homespun.engine.gate import OutwardGate
from homespun.engine.gather import Gatherer, Subject
from homespun.engine.meter import Meter
from homespun.engine.scene import Scene
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
    rules: tuple[str, ...] = ()
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
    budget: Budget


class Composer:
    """Makes the requests of one task: every one passes the outward gate here."""

    def __init__(
        self, gatherer: Gatherer, gate: OutwardGate, meter: Meter, window: Window, wishes: Wishes
    ) -> None:
        """`window` is the model's; `meter` estimates its tokens; `gate` is this task's own."""
        self._gatherer = gatherer
        self._gate = gate
        self._meter = meter
        self._window = window
        self._wishes = wishes

    async def edit(self, scene: Scene) -> Prompt:
        """Ask for an edit. Raises `ContextOverflow`, and `InputError` for a withheld file."""
        shape = scene.reply_format(self._wishes.edit_format, self._wishes.tried)
        task = scene.prompt_task()
        return await self._fitted(
            scene,
            lambda context: edit_messages(task, context, shape, self._wishes.rules),
            shape,
        )

    async def explain(self, scene: Scene) -> Prompt:
        """Ask for an explanation. Raises as `edit` does."""
        task = scene.prompt_task()
        return await self._fitted(scene, lambda context: explain_messages(task, context), None)

    def chat(
        self, messages: Sequence[ChatMessage], tools: Sequence[Mapping[str, object]]
    ) -> Request:
        """Ask what others ask, with nothing added. Raises `ContextOverflow`."""
        said, offered = self._gate.outward_chat(messages), self._gate.outward_tools(tools)
        needed = self._count(said) + sum(self._meter.count(json.dumps(tool)) for tool in offered)
        room = self._usable() - needed
        if room < _LEAST_ANSWER:
            raise self._overflow("The chat", needed + _LEAST_ANSWER)
        return replace(self._asking(said, room), tools=offered)

    def again(self, prompt: Prompt, told: Sequence[Message]) -> Request | None:
        """The same question with more said; None where that does not fit any more."""
        messages = (*prompt.request.messages, *self._gate.outward(told))
        room = self._usable() - self._count(messages)
        if room < _LEAST_ANSWER:
            return None
        return replace(
            prompt.request, messages=messages, max_tokens=min(room, prompt.request.max_tokens)
        )

    async def _fitted(
        self,
        scene: Scene,
        render: Callable[[Context], tuple[Message, ...]],
        shape: ReplyFormat | None,
    ) -> Prompt:
        subject = Subject(scene.shown, scene.path, scene.focus)
        candidates, withheld = self._gate.admit(await self._gatherer.gather(subject))
        bare = self._count(render(Context((), ())))
        budget = self._usable() - bare - self._answer_reserve(scene)
        context = self._fit(candidates, budget)
        messages = self._gate.outward(render(context))
        room = self._usable() - self._count(messages)
        if room < _LEAST_ANSWER:
            raise self._overflow(scene.path, self._count(messages) + _LEAST_ANSWER)
        schema = None if shape is None else schema_for(shape)
        request = replace(self._asking(messages, room), schema=schema)
        context = replace(context, left_out=(*context.left_out, *withheld))
        spent, margin = self._count(messages), self._window.tokens - self._usable()
        return Prompt(request, context, shape, Budget(spent, request.max_tokens, margin))

    def _asking(self, messages: tuple[Message | ChatMessage, ...], room: int) -> Request:
        """A question for free text, as the settings wish it; `room` in tokens for its answer."""
        return Request(
            messages,
            min(self._wishes.max_output_tokens, room),
            self._wishes.temperature,
            effort=self._wishes.effort,
            strict=self._wishes.strict,
        )

    def _fit(self, candidates: Sequence[Candidate], budget: int) -> Context:
        try:
            return fit(candidates, budget, self._meter.count)
        except DoesNotFit as big:
            needed = big.needed + self._window.tokens - budget
            raise self._overflow(big.path, needed) from None

    def _usable(self) -> int:
        return self._window.tokens - int(self._window.tokens * _MARGIN) - _FRAME

    def _answer_reserve(self, scene: Scene) -> int:
        """Tokens kept for the answer: what the changed part may become, with room to think."""
        wanted = max(1024, self._meter.count(scene.part) * 3 // 2)
        return min(wanted, self._wishes.max_output_tokens, self._usable() // 2)

    def _count(self, messages: Sequence[Message | ChatMessage]) -> int:
        return sum(self._meter.count(message.content) + 8 for message in messages)

    def _overflow(self, path: str, needed: int) -> ContextOverflow:
        window = self._window
        known = "by guess, since the server does not say" if window.guessed else "says the server"
        return ContextOverflow(
            f"{path} does not fit the model's context window: about {needed} tokens are needed,"
            f" {window.tokens} are there ({known}).",
            "Select or send less, give the model a larger window on its server (Ollama: num_ctx,"
            " llama.cpp: -c), or choose another model.",
            prompt_tokens=needed,
            window=window.tokens,
        )
