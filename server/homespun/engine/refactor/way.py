"""The way to the model for one answer of a refactor, and the question that it is asked."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace

from homespun.core.context import Candidate, Context, Item, LeftOut, Part, fit
from homespun.core.formats import Ending
from homespun.core.instruction_words import uses
from homespun.core.prompt import Message, Task, edit_messages
from homespun.core.reply import ReplyFormat
from homespun.core.schema import schema_for
from homespun.core.text import Snapshot
from homespun.engine.compose import Budget, Composer, Prompt, Wishes
from homespun.engine.gate import OutwardGate
from homespun.engine.gather import Gathered
from homespun.engine.propose import Asking
from homespun.engine.refactor.batches import answer_tokens, around_tokens, parts_around
from homespun.engine.scene import Scene
from homespun.errors import ContextOverflow
from homespun.providers.base import AnsweredBy, ChatMessage, Request, Window

_MARGIN = 0.05
_FRAME = 128
_EACH_PART = 16
"""Tokens of the heading and the fence that a part of a file is shown with."""
_REPAIR = 256
"""Tokens that stay free for the reasons why an answer is asked for once more."""
_NO_ROOM = "no room beside the files that are worked on"


@dataclass(frozen=True, slots=True)
class Room:
    """What fits a model, in tokens: its window, what of it is `usable`, what `rules` take of that.

    `count` estimates those of a text.
    """

    window: int
    usable: int
    rules: int
    count: Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Way:
    """What one answer needs: the request's maker, its asker and its gate.

    `rules` are the project's. `window` is the model's, in tokens; `count` estimates those of a
    text. `note` is told how a reply of a format ended.
    """

    composer: Composer
    asking: Asking
    gate: OutwardGate
    wishes: Wishes
    rules: tuple[Item, ...]
    window: int
    count: Callable[[str], int]
    note: Callable[[ReplyFormat, Ending], None]

    @property
    def usable(self) -> int:
        """Tokens that prompt and answer may take together: the estimate is not exact."""
        return self.window - int(self.window * _MARGIN) - _FRAME

    @property
    def room(self) -> Room:
        """What fits it."""
        rules = sum(item.tokens for item in self.rules)
        return Room(self.window, self.usable, rules, self.count)


@dataclass(frozen=True, slots=True)
class Asked:
    """One refactor's model: ways to it, one of them to ask what it is, how many at once."""

    ways: Callable[[], Awaitable[Way]]
    way: Way
    at_once: int

    @property
    def by(self) -> AnsweredBy:
        """Who answers; of a route only known once it has."""
        return self.way.asking.by

    @property
    def room(self) -> Room:
        """What fits one question."""
        return self.way.room


class Nobody:
    """In the place of `Asked` where no model is asked: there is what is kept, and room for it."""

    at_once = 0
    by = AnsweredBy("", "", local=True)
    room = Room(sys.maxsize, sys.maxsize, 0, len)

    async def ways(self) -> Way:
        """There is none."""
        raise AssertionError("nobody is asked")


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of one question: its text as it would be by now, and its names on disk and here."""

    snapshot: Snapshot
    path: str
    absolute: str
    reason: str = ""


class BatchComposer:
    """Makes the question for the files of one batch: first what all batches share, these last."""

    def __init__(
        self,
        way: Way,
        shared: str,
        task: str,
        pieces: Sequence[Piece],
        names: Sequence[str],
        around: Gathered,
    ) -> None:
        """`task` says what to do with `pieces`; `names` are those that the refactor is about.

        `around` belongs to the pieces, and is shown as far as there is room.
        """
        self._way = way
        self._shared = shared
        self._task = task
        self._pieces = pieces
        self._names = names
        self._around = around
        self.unseen: tuple[str, ...] = ()
        """What belongs to the pieces and had no room in what was sent last: paths."""

    async def edit(self, scene: Scene) -> Prompt:
        """The question. Raises `ContextOverflow`, and `InputError` for a withheld file."""
        prompt = await self._fitted(scene)
        composer = self._way.composer
        if composer.doubts(prompt) and (await composer.exact(prompt)).budget.exact:
            # By now the estimate has learned from the server's own count.
            prompt = await self._fitted(scene)
        return prompt

    async def _fitted(self, scene: Scene) -> Prompt:
        """The question, as long as it may be by the estimate."""
        way = self._way
        way.gate.admit([(piece.absolute, _candidate(piece)) for piece in self._pieces])
        shape = scene.reply_format(way.wishes.edit_format, way.wishes.tried)
        # No answer may have to repeat a whole file: a refactor changes little of each.
        shape = shape if shape == "fenced" else "hunks"

        def render(items: Sequence[Item]) -> list[Message]:
            task = Task(self._task, ", ".join(piece.path for piece in self._pieces))
            context = Context((*way.rules, *items), ())
            first, *rest = edit_messages(task, context, shape)
            return [replace(first, content=f"{first.content}\n\n{self._shared}"), *rest]

        bare = sum(way.count(message.content) + 8 for message in render(()))
        items = self._items(way.usable - bare)
        beside = self._beside(way.usable - bare, items)
        request = await self._request(render([*beside.items, *items]))
        spent = sum(way.count(message.content) + 8 for message in request.messages)
        budget = Budget(spent, request.max_tokens, way.window - way.usable)
        request = replace(request, schema=schema_for(shape))
        window = Window(way.window, guessed=False)
        shown = Context((*beside.items, *items), beside.left_out)
        return Prompt(request, shown, shape, window, budget)

    def sent(self, prompt: Prompt) -> None:
        """Of `prompt`, which goes to the model, only what had no room in it is remembered."""
        left = prompt.context.left_out
        self.unseen = tuple(one.path for one in left if one.reason == _NO_ROOM)

    def again(self, prompt: Prompt, told: Sequence[Message]) -> Request | None:
        """The same question with more said; None where that does not fit any more."""
        return self._way.composer.again(prompt, told)

    async def _request(self, messages: Sequence[Message]) -> Request:
        said = [ChatMessage(message.role, (message.content,)) for message in messages]
        return await self._way.composer.chat(said, ())

    def _items(self, room: int) -> list[Item]:
        """The files as they are shown: whole, or a lone one in parts. Raises `ContextOverflow`."""
        count = self._way.count
        items = [_whole(piece, count(piece.snapshot.text)) for piece in self._pieces]
        needed = sum(item.tokens + self._answer(item) for item in items)
        if needed <= room:
            return items
        if len(items) > 1:
            raise _overflow(", ".join(item.path for item in items), needed, self._way.window)
        (piece,) = self._pieces
        lines = [line for name in self._names for line in uses(piece.snapshot.text, name)]
        budget = min(room - answer_tokens(0), room * 2 // 3)
        parts = parts_around(piece.snapshot, lines, budget, count)
        if parts is None:
            raise _overflow(piece.path, needed, self._way.window)
        return [replace(items[0], parts=parts)]

    def _beside(self, room: int, items: Sequence[Item]) -> Context:
        """What is shown of other files, in what `items` leave of `room`, and what is not.

        There stays room for the answer, and for asking once more with that answer told.
        """
        way, around = self._way, self._around
        own = sum(item.tokens for item in items)
        left = room - own - 2 * sum(self._answer(item) for item in items) - _REPAIR
        candidates, withheld = way.gate.admit(around.candidates)
        budget = min(left, around_tokens(own))
        fitted = fit(candidates, budget, lambda text: way.count(text) + _EACH_PART)
        crowded = (LeftOut(one.path, _NO_ROOM) for one in fitted.left_out)
        return replace(fitted, left_out=(*crowded, *withheld, *around.left_out))

    def _answer(self, item: Item) -> int:
        """About how many tokens the answer on a file takes."""
        return min(answer_tokens(item.tokens), self._way.wishes.max_output_tokens)


def shown_to_model(prompt: Prompt, own: Collection[str]) -> dict[str, tuple[Snapshot, bool]]:
    """What the model saw, by URI, and whether wholly.

    Only of its `own` files (URIs): others were to be looked at, and are not to be written over.
    """
    shown = {item.snapshot.uri: item for item in prompt.context.items}
    return {uri: (item.snapshot, item.whole and uri in own) for uri, item in shown.items()}


def _candidate(piece: Piece) -> Candidate:
    return Candidate(piece.snapshot, piece.path, piece.reason, required=True)


def _whole(piece: Piece, tokens: int) -> Item:
    text = piece.snapshot.text
    part = Part(0, len(piece.snapshot.lines) - 1, text, tokens, "whole")
    return Item(piece.snapshot, piece.path, piece.reason, (part,))


def _overflow(path: str, needed: int, window: int) -> ContextOverflow:
    return ContextOverflow(
        f"{path} does not fit the model's context window: with what goes with it and the answer,"
        f" about {needed} tokens are needed, and the window has {window}.",
        "Give the model a larger window on its server, or split the file.",
    )
