"""KoboldAI's own interface: a prompt in, its continuation out, streamed or whole.

For KoboldAI itself, which has nothing else, for versions of KoboldCpp without chat completions, and
where the user names one of its paths as `chat_endpoint`. A chat is written by a template
(`templates`). A prompt that is too long is cut silently by these servers, so its tokens are counted
first where the server counts. Documented, never seen: `koboldcpp.py` of LostRuins/koboldcpp, and
`GenerationInputSchema` of KoboldAI/KoboldAI-Client.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, Final, Literal, cast

from pydantic_core import from_json

from homespun.errors import ContextOverflow, HomespunError, NotSupported
from homespun.providers import probing
from homespun.providers.base import Chunk, Endpoint, Finish, Request, TemplateName, Usage
from homespun.providers.dialect import Dialect
from homespun.providers.failures import Answer
from homespun.providers.http import Http
from homespun.providers.probes import ANY, Probe
from homespun.providers.reasoning import ThinkFilter
from homespun.providers.stream import Decoder, Said, content_text, count, finish_of, not_an_answer
from homespun.providers.templates import TEMPLATES, render, template_for
from homespun.providers.wire import Wire

STREAM: Final = "/api/extra/generate/stream"
WHOLE: Final = "/api/v1/generate"

_ABORT_LIMIT = 1.0
"""Seconds that the abort may take; whoever cancels waits for it."""
_LONGEST = 512
"""Tokens that KoboldAI writes at most, where its refusal does not say."""
_FINISHES: Mapping[str, Finish] = {"stop": "stop", "length": "length"}
_STOP_REASONS: Mapping[object, Finish] = {0: "length", 1: "stop", 2: "stop"}
"""KoboldCpp's: out of tokens, an end-of-sequence token, one of the stop sequences."""
_COLDEST = 0.01
_MODEL_NAME = Probe("/api/v1/model", ("result",))
_TO_GRAMMAR = "/api/extra/json_to_grammar"


def new_key() -> str:
    """A `genkey`: what a request is known by when it is to be stopped."""
    return f"HS{secrets.token_hex(8)}"


async def abort(http: Http, endpoint: Endpoint, body: Mapping[str, object]) -> None:
    """Stop the answer to `body`, and no other: without its key it could be anybody's."""
    if key := body.get("genkey"):
        with suppress(HomespunError):
            told = {"genkey": key}
            await http.ask(endpoint, "/api/extra/abort", told, limit=_ABORT_LIMIT)


class KoboldTextWire(Wire):
    """`/api/extra/generate/stream` as server-sent events, or `/api/v1/generate` whole."""

    sets_window: ClassVar[bool] = True

    def __init__(self, endpoint: Endpoint, http: Http, longest: int = 0) -> None:
        """`longest`: the most tokens that an answer may be asked to have; 0 for any number."""
        super().__init__(endpoint, http)
        self._longest = longest
        self._template: TemplateName | Literal[""] = endpoint.template
        self._counted: tuple[object, int] = (None, 0)

    def body(self, request: Request, dialect: Dialect, window: int) -> dict[str, object]:
        """See `Wire`. What not all of these servers know is left out where one refuses it."""
        name = self._template or template_for(self.endpoint.model)
        template = TEMPLATES[name]
        body: dict[str, object] = {
            "prompt": render(template, request.messages),
            "max_length": min(request.max_tokens, self._longest or request.max_tokens),
        }
        if window:
            body["max_context_length"] = window
        more: dict[str, object] = {
            "stop_sequence": list(template.stops),
            "trim_stop": True,
            "quiet": True,
            "genkey": new_key(),
            "replace_instruct_placeholders": name == "server",
            # Else KoboldAI lets no answer end before its limit.
            "use_default_badwordsids": False,
        }
        if request.temperature is not None:
            # KoboldAI refuses 0.
            more["temperature"] = max(request.temperature, _COLDEST)
        return body | {key: value for key, value in more.items() if key in dialect.optional}

    def path(self, dialect: Dialect) -> str:
        """See `Wire`. The stream is told by its path."""
        streams = dialect.streaming and self.endpoint.chat_path == STREAM
        return STREAM if streams else WHOLE

    async def prepared(self, request: Request, dialect: Dialect, window: int) -> dict[str, object]:
        """See `Wire`: the template, the schema's grammar, and whether the prompt fits."""
        if request.features:
            raise NotSupported(
                f"{self.endpoint.name} takes neither tools nor images here; nothing was sent.",
                "Use a server with chat completions for them.",
            )
        self._template = self._template or await self._guessed_template()
        body = self.body(request, dialect, window)
        if request.schema is not None and dialect.format == "json_schema":
            body |= await self._grammar(request.schema)
        prompt = await self.count_tokens(str(body["prompt"])) or 0
        if prompt + count(body["max_length"]) > window > 0:
            raise _too_long(self.endpoint, prompt, window)
        self._counted = (body, prompt)
        return body

    def decoder(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> Decoder:
        """See `Wire`."""
        return KoboldDecoder(filter_, failure)

    def whole(self, event: object, filter_: ThinkFilter) -> Chunk:
        """See `Wire`. Where no reason for the end is told, the limit may have been met."""
        try:
            result: Mapping[str, Any] = cast("Any", event)["results"][0]
            content = content_text(result["text"])
            reason = result.get("finish_reason")
        except (TypeError, AttributeError, LookupError) as error:
            raise not_an_answer() from error
        text, thought = filter_.feed(content)
        rest, more = filter_.finish()
        usage = Usage(count(result.get("prompt_tokens")), count(result.get("completion_tokens")))
        return Chunk(
            text=text + rest,
            reasoning=thought + more,
            usage=usage if usage != Usage() else None,
            finish=finish_of(reason, _FINISHES) if reason else "length",
            tokens=usage.completion_tokens,
        )

    def other(self, refusal: Answer) -> Wire | None:
        """Whole where there are no streams; shorter where the answer may not be so long."""
        if refusal.status in (404, 405) and self.endpoint.chat_path == STREAM:
            whole = replace(self.endpoint, chat_path=WHOLE)
            return KoboldTextWire(whole, self.http, self._longest)
        if refusal.status == 422 and "max_length" in refusal.message and not self._longest:
            told = [int(number) for number in re.findall(r"\b\d{2,7}\b", refusal.message)]
            return KoboldTextWire(self.endpoint, self.http, max(told, default=_LONGEST))
        return None

    async def concluded(
        self, last: Chunk, body: Mapping[str, object], decoder: Decoder | None
    ) -> Chunk:
        """See `Wire`. `length` may also mean a stop sequence, or that no reason was told."""
        sent, prompt = self._counted
        if sent is body and prompt and not (last.usage and last.usage.prompt_tokens):
            written = last.usage.completion_tokens if last.usage else 0
            last = replace(last, usage=Usage(prompt, written))
        if last.finish != "length":
            return last
        if isinstance(decoder, KoboldDecoder):
            whole = decoder.explained or await self._is_all(decoder.text, body)
            ended = whole and await self._stop_reason() == "stop"
            return replace(last, finish="stop") if ended else last
        text = _trimmed(last.text, _stops(body))
        reason = await self._stop_reason()
        ended = reason == "stop" if reason else text != last.text or _is_short(text, body)
        return replace(last, text=text, finish="stop") if ended else last

    async def abandon(self, body: Mapping[str, object]) -> None:
        """Stop the model, also while it reads the prompt."""
        await abort(self.http, self.endpoint, body)

    async def _guessed_template(self) -> TemplateName:
        """By the model's name as the user wrote it and as the server has it."""
        told = await self.probed(_MODEL_NAME)
        return template_for(f"{self.endpoint.model} {told}")

    async def _grammar(self, schema: Mapping[str, object]) -> Mapping[str, object]:
        """The schema as the server's grammar; nothing where the server makes none."""
        with suppress(HomespunError):
            asked = {"schema": schema}
            status, data = await self.http.ask(self.endpoint, _TO_GRAMMAR, asked)
            grammar = probing.follow(data, ("result",), "") if status == 200 else None
            return {"grammar": grammar} if isinstance(grammar, str) and grammar else {}
        return {}

    async def _stop_reason(self) -> Finish | None:
        """Why KoboldCpp's last answer ended; None where it does not tell, or has gone on since."""
        with suppress(HomespunError):
            status, data = await self.http.get(self.endpoint, "/api/extra/perf")
            is_ours = status == 200 and probing.follow(data, ("idle",), "") != 0
            reason = probing.follow(data, ("stop_reason",), "") if is_ours else None
            return _STOP_REASONS.get(reason) if isinstance(reason, int) else None
        return None

    async def _is_all(self, text: str, body: Mapping[str, object]) -> bool:
        """Whether `text` is all that the server wrote: old streams just end, also broken ones."""
        with suppress(HomespunError):
            asked = {"genkey": body.get("genkey", "")}
            _, data = await self.http.ask(self.endpoint, "/api/extra/generate/check", asked)
            written = probing.follow(data, ("results", ANY, "text"), "")
            stops = _stops(body)
            return isinstance(written, str) and _trimmed(written, stops) == _trimmed(text, stops)
        return False


class KoboldDecoder(Decoder):
    """The events of one streamed continuation."""

    def __init__(self, filter_: ThinkFilter, failure: Callable[[object], Exception]) -> None:
        """See `Decoder`."""
        super().__init__(filter_, failure)
        self._tokens: list[str] = []

    @property
    def explained(self) -> bool:
        """Whether the stream told that and why it ended; old versions do not."""
        return self.finishing

    @property
    def text(self) -> str:
        """All that came, thoughts among it."""
        return "".join(self._tokens)

    def take(self, event: Any, said: Said) -> bool:
        """See `Decoder`."""
        if event.get("error"):
            raise self._failure(event)
        if token := event.get("token"):
            said.text(content_text(token))
            self._tokens.append(token)
        if reason := event.get("finish_reason"):
            self._finish = finish_of(reason, _FINISHES)
        return True

    def finish(self) -> Chunk:
        """See `Decoder`: without a reason the limit may have been met, as far as is known here."""
        self.ended = self.ended or self.events > 0
        last = super().finish()
        return last if self.explained else replace(last, finish="length")


def _too_long(endpoint: Endpoint, prompt: int, window: int) -> ContextOverflow:
    return ContextOverflow(
        f"Prompt and answer do not fit the window of {endpoint.name} at {endpoint.base_url}"
        f" ({prompt} tokens, the window has {window}).",
        "Select less, or start the server with a larger context window.",
        prompt_tokens=prompt,
        window=window,
    )


def _stops(body: Mapping[str, object]) -> Sequence[str]:
    return cast("Sequence[str]", body.get("stop_sequence", ()))


def _trimmed(text: str, stops: Sequence[str]) -> str:
    """The text before the first stop sequence, which some servers leave in."""
    found = [at for stop in stops if (at := text.find(stop)) >= 0]
    return text[: min(found)].rstrip() if found else text.rstrip()


def _is_short(text: str, body: Mapping[str, object]) -> bool:
    """Whether an answer cannot have met its limit, since a token is a byte at least; or is JSON."""
    if len(text.encode("utf-8", "surrogatepass")) < count(body["max_length"]):
        return True
    with suppress(ValueError):
        return isinstance(from_json(text), dict)
    return False
