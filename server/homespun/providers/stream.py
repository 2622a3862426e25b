"""Decoders of chat-completion streams: bytes in, chunks out, pure and in linear time.

Server-sent events and lines of JSON are both understood. Each `data:` line is taken as an event of
its own: no server spreads one over several lines. Empty lines mean nothing then, so line feeds,
carriage returns and pairs of them need no state, and a pair may be cut anywhere. Lines are split
as bytes, so a character in UTF-8 may be cut anywhere too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn, cast

from pydantic_core import from_json

from homespun.errors import BadResponse, CutShort
from homespun.providers.base import Chunk, Finish, Usage
from homespun.providers.reasoning import ThinkFilter

LINE_LIMIT: Final = 1024 * 1024
"""Bytes in one line."""

TOTAL_LIMIT: Final = 64 * 1024 * 1024
"""Bytes in one answer, as they come from the wire."""

_RESCUE_LIMIT = 1024 * 1024
_FINISHES: Mapping[str, Finish] = {
    "stop": "stop",
    "eos": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
}


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


class ChatDecoder:
    """Bytes of one streamed answer to chunks: `feed` as they come, `finish` at the end.

    `failure` makes the error that an error object within the stream stands for.
    """

    def __init__(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> None:
        """`filter_` parts reasoning from text; `failure` is called with the error object."""
        self.version = ""
        """The server's `system_fingerprint`, where it tells one."""
        self.events = 0
        """Events with anything in them so far."""
        self.ended = False
        """Whether the server has said that this is all: nothing of worth can follow."""
        self._lines = Lines()
        self._filter = filter_
        self._failure = failure
        self._usage: Usage | None = None
        self._finish: Finish | None = None
        self._any_text = False
        self._thoughts: list[str] = []
        self._thoughts_size = 0

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
        """The last chunk. Raises `CutShort` where the stream did not end as streams do."""
        last = self._read(self._lines.finish()) or Chunk()
        if self._finish is None and not self.ended:
            raise CutShort(
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
        )

    def _read(self, payloads: Sequence[bytes]) -> Chunk | None:
        texts: list[str] = []
        thoughts: list[str] = []
        tokens = 0
        for payload in payloads:
            try:
                event = from_json(payload)
                choices = event.get("choices")
                # An error beside choices, or instead of them; some servers send `"error": null`.
                if not choices or "error" in event:
                    self._aside(event)
                    if not choices:
                        continue
                choice = choices[0]
                delta = choice.get("delta") or choice.get("message") or choice
                if content := delta.get("content"):
                    texts.append(content if isinstance(content, str) else _parts(content))
                    tokens += 1
                elif thought := _thought(delta):
                    thoughts.append(thought)
                    tokens += 1
                if reason := choice.get("finish_reason"):
                    self._finish = _finish(reason)
                if usage := event.get("usage"):
                    self._usage = _usage(usage)
                if not self.events:
                    self.version = str(event.get("system_fingerprint") or "")[:100]
            except (ValueError, TypeError, AttributeError, LookupError) as error:
                if payload.strip() == b"[DONE]":
                    self.ended = True
                    break
                raise _not_an_event(payload) from error
            self.events += 1
        return self._chunk("".join(texts), "".join(thoughts), tokens)

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

    def _aside(self, event: Mapping[str, Any]) -> None:
        """An event without choices: usage, an error, or something of the server's own."""
        error = event.get("error")
        if error or event.get("object") == "error":
            raise self._failure(event)
        if usage := event.get("usage"):
            self._usage = _usage(usage)

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


def whole(event: Any, filter_: ThinkFilter) -> Chunk:
    """The chunk that a whole, not streamed, answer is. Raises `BadResponse` and `CutShort`."""
    try:
        choice = event["choices"][0]
        message = choice.get("message") or choice
        content = message.get("content") or message.get("text") or ""
        content = content if isinstance(content, str) else _parts(content)
        reason = choice.get("finish_reason")
        thought, usage = _thought(message), event.get("usage")
        known = _usage(usage) if usage else Usage()
    except (TypeError, AttributeError, LookupError) as error:
        raise BadResponse(*_NOT_CHAT) from error
    text, more = filter_.feed(content)
    rest, still = filter_.finish()
    if not reason:
        raise CutShort("The answer came without a finish reason.", "Try again.")
    return Chunk(
        text=text + rest,
        reasoning=thought + more + still,
        usage=known,
        finish=_finish(reason),
        tokens=known.completion_tokens,
    )


_NOT_CHAT = (
    "The model's server answered something that is not a chat completion.",
    "Check that the address is that of an OpenAI-compatible server.",
)


def _payload(line: bytes) -> bytes:
    """What a line carries; empty for comments, names, and lines without anything."""
    if line.startswith(b"data:"):
        return line[5:]
    if line.startswith(b"{"):
        return line
    if line.startswith(b"error:"):  # older versions of llama.cpp
        return b'{"error":' + line[6:] + b"}"
    return b""


def _thought(delta: Mapping[str, Any]) -> str:
    """What the model thought; servers have three names for it."""
    found = delta.get("reasoning_content") or delta.get("reasoning") or delta.get("thinking")
    return found if isinstance(found, str) else ""


def _parts(content: object) -> str:
    """Content as a list of parts, of which only text counts."""
    if not isinstance(content, list):
        raise TypeError("content is neither text nor a list")
    parts = cast("list[dict[str, object]]", content)
    return "".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")


def _finish(reason: object) -> Finish:
    """The finish reason as we know it; one that nobody knows is not taken for a good end."""
    if known := _FINISHES.get(str(reason).lower()):
        return known
    raise CutShort(
        "The server ended the answer for a reason of its own.",
        "Nothing was changed. Look at the model server's log, and try again.",
    )


def _usage(found: Mapping[str, Any]) -> Usage:
    return Usage(_count(found.get("prompt_tokens")), _count(found.get("completion_tokens")))


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _not_an_event(payload: bytes) -> BadResponse:
    return BadResponse(
        f"The model's server sent an event that is not understood ({len(payload)} bytes).",
        "Check that the address is that of an OpenAI-compatible server, and its version.",
    )


def _refuse(what: str) -> NoReturn:
    raise BadResponse(f"{what}; it was stopped.", "Look at the model server's log.")
