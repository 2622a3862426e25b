"""How one endpoint is talked to, and how that steps down when the endpoint refuses it. Pure.

The ladder goes: json_schema, json_object, text; streamed, whole; with each optional parameter,
without it. Each step is taken because a refusal named something, so there are few.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from homespun.providers.base import Endpoint
from homespun.providers.failures import Answer
from homespun.providers.kinds import Format, Kind, Limit, kind

MOST_STEPS = 8
"""Requests that one question may cost while its endpoint is being learned."""

_FORMAT = re.compile(
    r"response_format|json_schema|json_object|grammar|\bschema\b|guided|output_config"
    r"|invalid format",
    re.I,
)
_FORMATS = frozenset({"response_format", "format", "output_config"})
"""What the wires call the format in their requests."""
_STREAM = re.compile(r"\bstream(ing)?\b", re.I)
_ABOUT_PARAMETERS = frozenset({400, 415, 422, 500, 501})
_LIMITS: tuple[Limit, ...] = ("max_tokens", "max_completion_tokens")
_EMPTY = frozenset({"", "bad request", "unprocessable entity", "invalid request", "none"})


def row_of(endpoint: Endpoint) -> Kind:
    """The row of an endpoint's kind, with the forms of JSON that its user declares."""
    row = kind(endpoint.kind)
    return row if endpoint.formats is None else replace(row, formats=(*endpoint.formats, "text"))


@dataclass(frozen=True, slots=True)
class Dialect:
    """What an endpoint is sent beyond model and messages.

    `holds_thoughts`: its model was seen to leave thoughts unmarked in the text.
    """

    format: Format
    streaming: bool
    limit: Limit
    optional: frozenset[str]
    holds_thoughts: bool = False

    @classmethod
    def of(cls, endpoint: Endpoint) -> Dialect:
        """The best that this kind of server is known to take, or its user says that it takes."""
        row = row_of(endpoint)
        return cls(row.formats[0], row.streaming and endpoint.streaming, row.limit, row.optional)

    def after(self, refusal: Answer, kind: Kind, sent: Mapping[str, object]) -> Dialect | None:
        """The next thing to try; None where the refusal is about nothing that could be changed."""
        if refusal.status not in _ABOUT_PARAMETERS:
            return None
        words = f"{refusal.message} {refusal.details.get('param') or ''}"
        if refusal.status >= 500 and not _FORMAT.search(words):
            return None
        return self._without_named(words, kind, sent) or self._unnamed(refusal, kind, sent)

    def _without_named(self, words: str, kind: Kind, sent: Mapping[str, object]) -> Dialect | None:
        if _FORMATS & sent.keys() and _FORMAT.search(words):
            return self._lower_format(kind)
        if self.limit in words or "max_completion_tokens" in words:
            return self._other_limit(kind)
        for name in sorted(self.optional & sent.keys()):
            if name in words:
                return replace(self, optional=self.optional - {name})
        if self.streaming and _STREAM.search(words):
            return replace(self, streaming=False)
        return None

    def _unnamed(self, refusal: Answer, kind: Kind, sent: Mapping[str, object]) -> Dialect | None:
        """A refusal without a reason: leave out what most often is the reason, one by one."""
        if refusal.message.strip(" .").lower() not in _EMPTY:
            return None
        if _FORMATS & sent.keys():
            return self._lower_format(kind)
        for name in sorted(self.optional & sent.keys()):
            return replace(self, optional=self.optional - {name})
        return replace(self, streaming=False) if self.streaming else None

    def _lower_format(self, kind: Kind) -> Dialect | None:
        lower = kind.formats[kind.formats.index(self.format) + 1 :]
        return replace(self, format=lower[0]) if lower else None

    def _other_limit(self, kind: Kind) -> Dialect | None:
        """The other name of the limit, tried once: the kind's own name is where it began."""
        if self.limit != kind.limit or kind.wire != "openai":
            return None
        other: Limit = "max_tokens" if self.limit != "max_tokens" else "max_completion_tokens"
        return replace(self, limit=other)

    def to_json(self) -> dict[str, object]:
        """The dialect as plain data."""
        return {
            "format": self.format,
            "streaming": self.streaming,
            "limit": self.limit,
            "optional": sorted(self.optional),
            "holds_thoughts": self.holds_thoughts,
        }

    def with_learned(self, data: object, kind: Kind) -> Dialect:
        """This dialect and what `to_json` kept of another; what is not understood is left out."""
        found: dict[str, Any] = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
        optional = found.get("optional")
        names = cast("list[object]", optional) if isinstance(optional, list) else self.optional
        formats: dict[str, Format] = {str(name): name for name in kind.formats}
        limits: dict[str, Limit] = {str(name): name for name in _LIMITS}
        return Dialect(
            formats.get(str(found.get("format")), self.format),
            self.streaming and found.get("streaming") is not False,
            limits.get(str(found.get("limit")), self.limit),
            self.optional & {str(name) for name in names},
            found.get("holds_thoughts") is True,
        )
