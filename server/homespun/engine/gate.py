"""The outward gate: what may leave for a model. Every request to one passes here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, cast

from homespun.core.context import Candidate, LeftOut
from homespun.core.json_texts import through, within
from homespun.core.prompt import Message
from homespun.core.reply import FileUpdate, FindReplace
from homespun.core.text import Span
from homespun.errors import InputError
from homespun.providers.base import ChatMessage, Image, ToolCall
from homespun.security.restoring import Restorer
from homespun.security.secret_scan import findings, placeholder_of, restore


class Withholding(Protocol):
    """Which files stay on this machine."""

    def reason(self, path: str) -> str | None:
        """Why the file at this absolute path may not leave; None or "" where it may."""
        ...


@dataclass
class OutwardGate:
    """One request's way out, and its reply's way back in.

    Files that must not leave are kept out, secrets inside files become placeholders, and the
    placeholders that come back in a reply become the secrets again.
    """

    withholding: Withholding
    key: bytes = b""
    """What placeholders are made with, see `placeholder_of`."""
    hidden: dict[str, str] = field(default_factory=dict[str, str])
    kinds: dict[str, str] = field(default_factory=dict[str, str])
    """What each hidden secret looks like, by placeholder."""

    def admit(
        self, candidates: Sequence[tuple[str, Candidate]]
    ) -> tuple[list[Candidate], list[LeftOut]]:
        """The candidates, given with their absolute paths, that may leave, and those that not.

        Raises `InputError` where a required one may not.
        """
        admitted: list[Candidate] = []
        left: list[LeftOut] = []
        for path, candidate in candidates:
            reason = self.withholding.reason(path) if path else None
            if not reason:
                admitted.append(self._guarded(candidate))
            elif candidate.required:
                raise InputError(
                    f"{candidate.path} is not sent to a model: {reason}",
                    "A line `!name` in .homespunignore lets an ignored file through;"
                    " files that hold secrets are never sent.",
                )
            else:
                left.append(LeftOut(candidate.path, reason))
        return admitted, left

    def part(self, text: str, span: Span) -> str:
        """The part `span` of `text` without its secrets, or what of them the part holds."""
        pieces: list[str] = []
        at = span.start
        for found in findings(text):
            start, end = max(found.start, span.start), min(found.end, span.end)
            if start < end:
                pieces += (text[at:start], self._replaced(text[start:end], found.kind))
                at = end
        return "".join((*pieces, text[at : span.end]))

    def outward(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        """`messages` with every secret replaced by a placeholder."""
        return tuple(replace(message, content=self._hide(message.content)) for message in messages)

    def outward_chat(self, messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
        """The same for a chat: in its text, in the addresses of pictures, in calls of tools."""
        return tuple(self._hidden(message) for message in messages)

    def outward_tools(
        self, tools: Sequence[Mapping[str, object]]
    ) -> tuple[Mapping[str, object], ...]:
        """`tools` (JSON) with every secret in their texts replaced by a placeholder."""
        return tuple(cast("Mapping[str, object]", within(tool, self._hide)) for tool in tools)

    def inward(self, update: FileUpdate) -> FileUpdate:
        """`update` with every placeholder replaced by its secret."""
        if not self.hidden:
            return update
        hunks = tuple(
            FindReplace(restore(h.find, self.hidden), restore(h.replace, self.hidden))
            for h in update.hunks
        )
        return replace(update, hunks=hunks, text=restore(update.text, self.hidden))

    def inward_text(self, text: str) -> str:
        """`text` with every placeholder replaced by its secret."""
        return restore(text, self.hidden)

    def inward_call(self, call: ToolCall) -> ToolCall:
        """`call` with every placeholder in its arguments replaced by its secret."""
        return replace(call, arguments=through(call.arguments, self.inward_text))

    def restoring(self) -> Restorer:
        """`inward_text` for text that comes in pieces."""
        return Restorer(self.hidden)

    def remember(self, texts: Iterable[str]) -> None:
        """Know the secrets of `texts` again, for a reply that was given to an earlier request."""
        for text in texts:
            self._hide(text)

    def _hidden(self, message: ChatMessage) -> ChatMessage:
        calls = (
            replace(call, arguments=through(call.arguments, self._hide))
            for call in message.tool_calls
        )
        parts = tuple(self._hidden_part(part) for part in message.parts)
        return replace(message, parts=parts, tool_calls=tuple(calls))

    def _hidden_part(self, part: str | Image) -> str | Image:
        if isinstance(part, str):
            return self._hide(part)
        # In a picture's own bytes, what looks like a secret is chance, and hiding it would harm.
        return part if part.url.startswith("data:") else Image(self._hide(part.url))

    def _hide(self, text: str) -> str:
        return self.part(text, Span(0, len(text)))

    def _guarded(self, candidate: Candidate) -> Candidate:
        """The candidate with its secrets marked: a part of it may begin in the middle of one."""
        text = candidate.snapshot.text
        hidden = tuple(
            (Span(f.start, f.end), self._replaced(text[f.start : f.end], f.kind))
            for f in findings(text)
        )
        return replace(candidate, hidden=hidden)

    def _replaced(self, secret: str, kind: str) -> str:
        placeholder = placeholder_of(secret, self.key)
        self.hidden[placeholder] = secret
        self.kinds[placeholder] = kind
        return placeholder
