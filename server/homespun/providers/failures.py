"""What a server's refusal means, in the words of our error tree.

Four shapes of bodies are understood, `{"error": {"message"}}`, `{"error": "..."}`,
`{"object": "error", "message"}`, and HTML or plain text; and FastAPI's `{"detail"}`. What a server
says is shown to people cut to 300 characters, without keys, and without what it repeats of the
prompt; of a refused key nothing is shown at all, since some servers repeat it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from homespun.errors import (
    ContextOverflow,
    Loading,
    ModelError,
    RequestRefused,
    ServerFault,
    UnknownModel,
    WrongKey,
)
from homespun.providers.base import Endpoint, Request

_SHOWN = 300
_LEAST_REPEATED = 16
_LEAST_SECRET = 4
_OVERFLOW = re.compile(
    r"exceed_context|exceeds? the (available )?context|context[ _]?(length|size|window)|n_ctx"
    r"|too many tokens|prompt is too long|maximum.{0,20} tokens"
    r"|max_seq_len|prompt (sequence )?length .{0,20}(greater|longer|larger) than",
    re.IGNORECASE,
)
_NUMBERS = (
    re.compile(r"request \((?P<prompt>\d+) tokens\).*size \((?P<window>\d+) tokens\)", re.DOTALL),
    re.compile(r"length is (?P<window>\d+) tokens.*\((?P<prompt>\d+) in the messages", re.DOTALL),
    re.compile(r"length is (?P<window>\d+) tokens"),
    re.compile(r"(?P<prompt>\d+) tokens > (?P<window>\d+) maximum"),
    re.compile(r"n_keep: ?(?P<prompt>\d+).*n_ctx: ?(?P<window>\d+)", re.DOTALL),
)
_MODEL = re.compile(
    r"invalid model|model\b.{0,200}?\b(not found|not exist)"
    r"|unknown model|server is pinned to|model_not_found|snapshot folder",
    re.IGNORECASE | re.DOTALL,
)
_LOADING = re.compile(r"\bload(ing)?\b.*\bmodel|model.*\bload(ing)?\b|warming up", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal as it came: the HTTP status, the server's words, and the object they stood in."""

    status: int
    message: str
    details: Mapping[str, object]

    @property
    def is_loading(self) -> bool:
        """Whether the server says that its model is not loaded yet."""
        return self.status == 503 and bool(_LOADING.search(self.message))


def read(status: int, body: bytes) -> Answer:
    """The refusal in a body of any of the shapes."""
    try:
        return read_object(status, json.loads(body))
    except (ValueError, RecursionError):
        return Answer(status, _plain(body.decode("utf-8", "replace")), {})


def read_object(status: int, data: object) -> Answer:
    """The refusal in an object that stood in a body or in a stream."""
    outer = _mapping(data)
    inner = outer.get("error", outer.get("detail", outer))
    if isinstance(inner, list):
        return Answer(status, _validation(cast("list[object]", inner)), {})
    details = _mapping(inner)
    plain = inner if isinstance(inner, str) else details.get("msg", _by_field(details))
    message = details.get("message", plain)
    code = details.get("code")
    if isinstance(code, (int, str)) and str(code).isdigit() and 400 <= int(code) < 600:
        status = int(code) if status == 200 else status
    return Answer(status, str(message), details)


def error_for(answer: Answer, endpoint: Endpoint, request: Request | None = None) -> ModelError:
    """The error that a refusal is, with what people can do about it."""
    who = f"{endpoint.name} at {endpoint.base_url}"
    status, words = answer.status, shown(answer.message, endpoint, request)
    said = f' It said: "{words}"' if words else ""
    if status in (401, 403) or _is_litellms_wrong_key(answer):
        return _wrong_key(who, endpoint)
    if status in (400, 413, 422, 500) and _overflows(answer):
        return _overflow(answer, who)
    if status in (400, 404) and _MODEL.search(answer.message):
        return UnknownModel(
            f"{who} does not know the model {endpoint.model!r}.{said}",
            "Choose a model that it serves, or make this one known to it.",
        )
    if answer.is_loading:
        return Loading(f"{who} is still loading its model.", "Try again when it is ready.")
    if status in (404, 405):
        hint = "Check the address: a server that has other paths takes its full chat URL."
        return RequestRefused(f"{who} has no chat completions there.{said}", hint, status=status)
    if status == 429:
        hint = "Wait a little, or use another model."
        return RequestRefused(f"{who} takes no more requests now.{said}", hint, status=status)
    if status >= 500:
        return ServerFault(f"{who} failed ({status}).{said}", "Look at the model server's log.")
    hint = "Look at the server's words; its settings or its version may not fit."
    return RequestRefused(f"{who} refused the request ({status}).{said}", hint, status=status)


def may_be_about_parameters(error: ModelError) -> bool:
    """Whether sending less may help; it does not against a wrong key or a full window."""
    return isinstance(error, RequestRefused | ServerFault)


def shown(message: str, endpoint: Endpoint, request: Request | None = None) -> str:
    """A server's words as they may be shown: short, without keys and without the prompt."""
    text = message
    for secret in (endpoint.api_key, *endpoint.headers.values()):
        if len(secret) >= _LEAST_SECRET:
            text = text.replace(secret, "***")
    text = re.split(r"['\"]input['\"]:", text, maxsplit=1)[0]
    for line in _lines(request):
        text = text.replace(line, "...")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def _lines(request: Request | None) -> Iterable[str]:
    """The prompt's lines that are long enough to be recognised in a server's words."""
    messages = request.messages if request else ()
    lines = (line.strip() for message in messages for line in message.content.splitlines())
    return {line for line in lines if len(line) >= _LEAST_REPEATED}


def _wrong_key(who: str, endpoint: Endpoint) -> WrongKey:
    if endpoint.api_key:
        return WrongKey(f"{who} refused the key.", "Check the key in your settings.")
    return WrongKey(
        f"{who} wants a key.", f"Set `api_key` of the provider {endpoint.name!r} in your settings."
    )


def _overflow(answer: Answer, who: str) -> ContextOverflow:
    prompt, window = _sizes(answer)
    sizes = f" ({prompt} tokens, the window has {window})" if prompt and window else ""
    return ContextOverflow(
        f"Prompt and answer do not fit the window of {who}{sizes}.",
        "Select less, or start the server with a larger context window.",
        prompt_tokens=prompt,
        window=window,
    )


def _overflows(answer: Answer) -> bool:
    kinds = f"{answer.details.get('type')} {answer.details.get('code')}"
    return bool(_OVERFLOW.search(answer.message) or _OVERFLOW.search(kinds))


def _sizes(answer: Answer) -> tuple[int | None, int | None]:
    """(prompt, window) in tokens, where the server tells them."""
    prompt, window = answer.details.get("n_prompt_tokens"), answer.details.get("n_ctx")
    if isinstance(prompt, int) and isinstance(window, int):
        return prompt, window
    found = next((m for n in _NUMBERS if (m := n.search(answer.message))), None)
    groups = found.groupdict() if found else {}
    told = {name: int(value[:12]) for name, value in groups.items()}
    return told.get("prompt"), told.get("window")


def _is_litellms_wrong_key(answer: Answer) -> bool:
    """LiteLLM without a database looks up an unknown key, and answers 400 'No connected db.'."""
    return answer.status == 400 and answer.details.get("type") == "no_db_connection"


def _validation(errors: list[object]) -> str:
    """FastAPI's list of errors: place and reason; its `input` is what we sent, so it stays out."""
    found = (_mapping(error) for error in errors[:5])
    return "; ".join(f"{_place(error.get('loc'))}: {error.get('msg', '')}" for error in found)


def _by_field(details: Mapping[str, object]) -> str:
    """Marshmallow's errors, as KoboldAI sends them: a list of reasons under each field's name."""
    fields = {
        name: cast("list[object]", found)
        for name, found in details.items()
        if isinstance(found, list)
    }
    return "; ".join(f"{name}: {reasons[0]}" for name, reasons in fields.items() if reasons)


def _place(location: object) -> str:
    parts = cast("list[object]", location) if isinstance(location, list) else []
    return ".".join(str(part) for part in parts if part != "body")


def _plain(text: str) -> str:
    """Plain text as it is, of a page only its title."""
    if "<html" not in text[:2000].lower():
        return text.strip()
    title = re.search(r"<title[^>]*>(.{0,200}?)</title>", text, re.IGNORECASE | re.DOTALL)
    return title.group(1).strip() if title else "a web page"


def _mapping(data: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", data) if isinstance(data, dict) else {}
