"""What the scripted endpoint plays: pure data, read from JSON.

A script is a JSON object; every key may be left out:

    {"turns": [{"match": "add", "reply": "def add(a, b): ..."}],
     "tokens_per_second": 40,        0: as fast as it goes
     "model": "scripted",
     "window": 8192,                 tokens, told by /v1/models as `max_model_len`; 0: not told
     "key": "",                      a bearer key that is wanted, else 401
     "refuses": ["temperature"],     parameters answered with 400; `response_format.json_schema`
                                     refuses one type of it; `stream` refuses `true` only
     "routes": {"GET /props": {"status": 200, "body": {}}}}

A turn answers one chat request. The first turn whose `match` is in the last user message and
that is not used up serves; where all that match are used up, the last of them serves again.

    match              text looked for in the last user message; "" is in every message
    reply, reasoning   what the model says and thinks
    finish             the finish reason, "stop" or "length"
    times              how often it serves before the next one does; default 1
    delay              seconds before anything is answered
    tokens_per_second  instead of the script's
    piece              characters in a token; 0 (default): word by word
    prompt_tokens      what `usage` says of the prompt; default: a quarter of its characters
    status, headers,   another answer than 200: `body` is an object (sent as JSON) or text
      body
    fault, after       what goes wrong after so many tokens, one of `Fault`
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Self, cast, get_args

from homespun.errors import BadSetting

Fault = Literal[
    "",
    "cut",  # the connection is closed in the middle of the transfer
    "no_finish",  # the stream ends in good order, without finish_reason and [DONE]
    "no_done",  # cut after the finish reason has come
    "hang",  # silence, the connection stays open
    "silent",  # not even a status line
    "close",  # closed before any answer
    "endless_line",  # one line that never ends
    "huge",  # events that never end
    "redirect",  # to another origin
    "garbage",  # events that are no JSON
    "error",  # an error object inside the stream
]

_WORDS = re.compile(r"\w{1,6}|\s+|[^\w\s]{1,3}")


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer of the script; the module says what each field means."""

    reply: str = ""
    match: str = ""
    reasoning: str = ""
    finish: str = "stop"
    times: int = 1
    delay: float = 0.0
    tokens_per_second: float | None = None
    piece: int = 0
    prompt_tokens: int | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: object = None
    fault: Fault = ""
    after: int = 0

    def tokens(self, text: str) -> list[str]:
        """`text` in the pieces in which it is streamed; together they are `text`."""
        if self.piece:
            return [text[i : i + self.piece] for i in range(0, len(text), self.piece)]
        return _WORDS.findall(text)


@dataclass(frozen=True, slots=True)
class Route:
    """A fixed answer to one other path, such as a server's `/props`."""

    status: int = 200
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Script:
    """All that the endpoint plays."""

    turns: tuple[Turn, ...] = ()
    tokens_per_second: float = 0.0
    model: str = "scripted"
    window: int = 0
    key: str = ""
    refuses: tuple[str, ...] = ()
    routes: Mapping[str, Route] = field(default_factory=dict[str, Route])

    @classmethod
    def of(cls, *replies: str) -> Self:
        """A script that gives these replies, one after the other."""
        return cls(turns=tuple(Turn(reply=reply) for reply in replies))

    @classmethod
    def parse(cls, text: str) -> Self:
        """A script from its JSON. Raises `BadSetting` that says what is wrong with it."""
        try:
            data = _object(json.loads(text), "the script")
        except ValueError as error:
            raise BadSetting(f"The script is not JSON: {error}.") from error
        turns = cast("Sequence[object]", data.pop("turns", ()))
        routes = _object(data.pop("routes", {}), "routes")
        _known(data, cls, "the script")
        data["refuses"] = tuple(data.get("refuses", ()))
        return cls(
            turns=tuple(_turn(turn, index) for index, turn in enumerate(turns)),
            routes={path: Route(**_object(route, path)) for path, route in routes.items()},
            **data,
        )

    def turn_for(self, message: str, served: Mapping[int, int]) -> int | None:
        """The number of the turn that answers `message`; `served` counts what each has served."""
        matching = [i for i, turn in enumerate(self.turns) if turn.match in message]
        fresh = (i for i in matching if served.get(i, 0) < self.turns[i].times)
        return next(fresh, matching[-1] if matching else None)

    def refused(self, body: Mapping[str, Any]) -> str | None:
        """The first parameter of a request that this script refuses."""
        kind = _object(body.get("response_format") or {}, "response_format").get("type")
        given = {name for name, value in body.items() if name != "stream" or value}
        given.add(f"response_format.{kind}")
        return next((name for name in self.refuses if name in given), None)


def _turn(data: object, index: int) -> Turn:
    """One turn, its names and its fault checked."""
    where = f"turn {index + 1} of the script"
    found = _object(data, where)
    _known(found, Turn, where)
    if found.get("fault", "") not in get_args(Fault):
        raise BadSetting(
            f"There is no fault {found['fault']!r} ({where}).",
            f"Known faults: {', '.join(filter(None, get_args(Fault)))}.",
        )
    return Turn(**found)


def _object(data: object, where: str) -> dict[str, Any]:
    """A JSON object as a dict of its own."""
    if not isinstance(data, dict):
        raise BadSetting(f"Expected a JSON object for {where}.")
    return dict(cast("dict[str, Any]", data))


def _known(data: Mapping[str, object], shape: type[Script | Turn], where: str) -> None:
    """Refuse names that a script does not have: a typing error must not pass silently."""
    known = {item.name for item in fields(shape)}
    if unknown := sorted(data.keys() - known):
        raise BadSetting(
            f"{where.capitalize()} has unknown names: {', '.join(unknown)}.",
            f"Known names: {', '.join(sorted(known))}.",
        )
