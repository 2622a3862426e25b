"""What all decoders of streamed answers share: bytes in, chunks out, pure and in linear time.

Server-sent events and lines of JSON are both understood. Each `data:` line is taken as an event of
its own: no server spreads one over several lines. Empty lines mean nothing then, so line feeds,
carriage returns and pairs of them need no state, and a pair may be cut anywhere. Lines are split
as bytes, so a character in UTF-8 may be cut anywhere too.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, cast

from pydantic_core import from_json

from homespun.errors import BadResponse, CutShort, Lost
from homespun.providers.base import Chunk, Finish, ToolCall, Usage
from homespun.providers.reasoning import ThinkFilter

LINE_LIMIT: Final = 1024 * 1024
"""Bytes in one line."""

TOTAL_LIMIT: Final = 64 * 1024 * 1024
"""Bytes in one answer, as they come from the wire."""

_RESCUE_LIMIT = 1024 * 1024
_NAME_LIMIT = 200


class Lines:
    """Bytes to the payloads of events; comments, names and empty lines are dropped."""

    def __init__(self, line_limit: int = LINE_LIMIT, total_limit: int = TOTAL_LIMIT) -> None:
        """Both limits in bytes."""
        self._line_limit = line_limit
        self._left = total_limit
        self._tail: list[bytes] = []
        self._tail_size = 0

    def feed(self, data: bytes) -> list[bytes]:
        """The payloads of all lines that are now whole. Raises `BadResponse` beyond a limit."""
        self._left -= len(data)
        if self._left < 0:
            _refuse("The model's server sent more than an answer can be")
        if b"\r" in data:
            data = data.replace(b"\r", b"\n")
        lines = data.split(b"\n")
        last = lines.pop()
        if lines and self._tail:
            lines[0] = b"".join((*self._tail, lines[0]))
            self._tail.clear()
            self._tail_size = 0
        if last:
            self._keep(last)
        return [payload for line in lines if (payload := _payload(line))]

    def finish(self) -> list[bytes]:
        """The payload of a last line that has no end."""
        line = b"".join(self._tail)
        self._tail.clear()
        payload = _payload(line)
        return [payload] if payload else []

    def _keep(self, part: bytes) -> None:
        """Keep a line's beginning as it came: joining it each time would be quadratic."""
        self._tail.append(part)
        self._tail_size += len(part)
        if self._tail_size > self._line_limit:
            _refuse("The model's server sent an endless line")


@dataclass(slots=True)
class Said:
    """What the events of one read say; `tokens` counts those with text or thoughts."""

    texts: list[str] = field(default_factory=list[str])
    thoughts: list[str] = field(default_factory=list[str])
    tokens: int = 0

    def text(self, text: str) -> None:
        """The model said this."""
        self.texts.append(text)
        self.tokens += 1

    def thought(self, thought: str) -> None:
        """The model thought this."""
        self.thoughts.append(thought)
        self.tokens += 1


class Decoder(ABC):
    """Bytes of one streamed answer to chunks: `feed` as they come, `finish` at the end.

    A wire says in `take` what one event means. `failure` makes the error that an error object
    within the stream stands for.
    """

    def __init__(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> None:
        """`filter_` parts reasoning from text; `failure` is called with the error object."""
        self.version = ""
        """The server's own word for its version, where it tells one."""
        self.model = ""
        """What the server calls the model that answers, where it tells."""
        self.events = 0
        """Events with anything in them so far."""
        self.ended = False
        """Whether the server has said that this is all: nothing of worth can follow."""
        self._failure = failure
        self._usage: Usage | None = None
        self._finish: Finish | None = None
        self._lines = Lines()
        self._filter = filter_
        self._any_text = False
        self._thoughts: list[str] = []
        self._thoughts_size = 0

    @abstractmethod
    def take(self, event: Any, said: Said) -> bool:
        """Take in one event; whether it is part of the answer, and not only beside it.

        May raise `TypeError`, `AttributeError` and `LookupError` for what is no event, `CutShort`
        for an end that is none, and what `failure` makes of an error object.
        """

    def tool_calls(self) -> tuple[ToolCall, ...]:
        """The calls that the model wants, once all has come."""
        return ()

    @property
    def spoke(self) -> bool:
        """Whether the model has said or thought anything yet."""
        return self._any_text or self._thoughts_size > 0

    @property
    def finishing(self) -> bool:
        """Whether a finish reason has come: only `usage` and the end can follow."""
        return self._finish is not None

    def feed(self, data: bytes) -> Chunk | None:
        """All that the events in `data` say, as one chunk; None where they say nothing.

        Raises `BadResponse` for what is no event, and what `failure` makes of an error object.
        """
        return self._read(self._lines.feed(data))

    def finish(self) -> Chunk:
        """The last chunk. Raises `Lost` where the stream did not end as streams do."""
        last = self._read(self._lines.finish()) or Chunk()
        if self._finish is None and not self.ended:
            raise Lost(
                "The answer was cut off: the stream ended without a finish reason.",
                "Nothing was changed. Look at the model server's log, and try again.",
            )
        text, reasoning = self._filter.finish()
        text = last.text + text
        return Chunk(
            text=text or self._rescued(),
            reasoning=last.reasoning + reasoning,
            usage=self._usage,
            finish=self._finish or "stop",
            tokens=last.tokens,
            tool_calls=self.tool_calls(),
            model=self.model,
        )

    def _read(self, payloads: Sequence[bytes]) -> Chunk | None:
        said = Said()
        for payload in payloads:
            try:
                counts = self.take(from_json(payload), said)
            except (ValueError, TypeError, AttributeError, LookupError) as error:
                if payload.strip() == b"[DONE]":
                    self.ended = True
                    break
                raise _not_an_event(payload) from error
            self.events += counts
        return self._chunk("".join(said.texts), "".join(said.thoughts), said.tokens)

    def _chunk(self, content: str, reasoning: str, tokens: int) -> Chunk | None:
        if not content and not reasoning:
            return None
        text = ""
        if content:
            text, more = self._filter.feed(content)
            reasoning += more
        self._any_text = self._any_text or bool(content)
        if not self._any_text:
            self._remember(reasoning)
        return Chunk(text=text, reasoning=reasoning, tokens=tokens)

    def _remember(self, reasoning: str) -> None:
        self._thoughts_size += len(reasoning)
        if self._thoughts_size <= _RESCUE_LIMIT:
            self._thoughts.append(reasoning)

    def _rescued(self) -> str:
        """An answer that came as reasoning throughout.

        With thinking off, some models' whole answer comes so (vLLM, issue 40816). Only JSON is
        taken for an answer: thoughts are never written into a file.
        """
        if self._any_text or self._thoughts_size > _RESCUE_LIMIT:
            return ""
        thoughts = "".join(self._thoughts).strip()
        return thoughts if thoughts.startswith("{") and thoughts.endswith("}") else ""


def _payload(line: bytes) -> bytes:
    """What a line carries; empty for comments, names, and lines without anything."""
    if line.startswith(b"data:"):
        return line[5:]
    if line.startswith(b"{"):
        return line
    if line.startswith(b"error:"):  # older versions of llama.cpp
        return b'{"error":' + line[6:] + b"}"
    return b""


def content_text(content: object) -> str:
    """Content that is text, or a list of parts of which only text counts. Raises `TypeError`."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise TypeError("content is neither text nor a list")
    parts = cast("list[dict[str, object]]", content)
    return "".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")


def finish_of(reason: object, known: Mapping[str, Finish]) -> Finish:
    """The finish reason as we know it; one that nobody knows is not taken for a good end."""
    if found := known.get(str(reason).lower()):
        return found
    raise CutShort(
        "The server ended the answer for a reason of its own.",
        "Nothing was changed. Look at the model server's log, and try again.",
    )


def told_name(value: object) -> str:
    """A name that a server tells, cut to a sensible length; "" for what can be none."""
    return value[:_NAME_LIMIT] if isinstance(value, str) else ""


def count(value: object) -> int:
    """A number of tokens; 0 for what can be none."""
    return value if isinstance(value, int) and value > 0 else 0


def not_an_answer() -> BadResponse:
    """The error for a whole body that is no answer to a chat."""
    return BadResponse(
        "The model's server answered something that is not a chat completion.",
        "Check that the address is that of a model server, and its `type`.",
    )


def _not_an_event(payload: bytes) -> BadResponse:
    return BadResponse(
        f"The model's server sent an event that is not understood ({len(payload)} bytes).",
        "Check that the address is that of an OpenAI-compatible server, and its version.",
    )


def _refuse(what: str) -> NoReturn:
    raise BadResponse(f"{what}; it was stopped.", "Look at the model server's log.")
