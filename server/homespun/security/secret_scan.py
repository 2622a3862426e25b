"""Secrets inside text: found by forms that nothing else has, replaced before the text leaves.

Only forms that hardly anything else has: a false alarm would spoil the user's code, and a file
that is meant to hold secrets stays here as a whole anyway (`security.ignore`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from homespun.security.secret_forms import (
    BARE,
    BEFORE,
    CALLED,
    PARTS,
    QUOTED,
    TOKENS,
    is_dense,
)

_KEY_BEGIN = re.compile(r"-----BEGIN ((?:[A-Z0-9]{1,20} ){0,3})PRIVATE KEY(?: BLOCK)?-----")
_KEY_END = "-----END "
_LONGEST_KEY = 20_000
_KEY_DATA = re.compile(r"[A-Za-z0-9+/]{40}")
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=\s\\\"',:;.-]*+")
_LONGEST_KEY_HEADER = 400

_PLACEHOLDER = "HOMESPUN_SECRET_{}"
_ANY_PLACEHOLDER = re.compile(r"HOMESPUN_SECRET_\w*")


@dataclass(frozen=True, slots=True)
class Found:
    """A secret from `start` to `end`, in characters."""

    kind: str
    start: int
    end: int


@lru_cache(maxsize=256)
def findings(text: str) -> tuple[Found, ...]:
    """The secrets in `text`, in order, none overlapping. Takes time linear in its length."""
    found = [*_private_keys(text), *_tokens(text), *_parts(text), *_named(text)]
    kept: list[Found] = []
    for one in sorted(found, key=lambda found: (found.start, -found.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def redact(text: str) -> tuple[str, Mapping[str, str]]:
    """`text` with a placeholder for each secret, and the secrets by placeholder.

    The same secret has the same placeholder in every text, so that a reply about several files
    can be restored.
    """
    secrets: dict[str, str] = {}
    pieces: list[str] = []
    position = 0
    for found in findings(text):
        secret = text[found.start : found.end]
        placeholder = placeholder_of(secret)
        secrets[placeholder] = secret
        pieces += (text[position : found.start], placeholder)
        position = found.end
    return "".join((*pieces, text[position:])), secrets


def restore(text: str, secrets: Mapping[str, str]) -> str:
    """`text` with the secrets in the place of their placeholders."""
    if not secrets:
        return text
    pattern = re.compile("|".join(map(re.escape, secrets)))
    return pattern.sub(lambda match: secrets[match.group()], text)


def placeholders(text: str) -> frozenset[str]:
    """Whatever in `text` looks like a placeholder, whether it stands for a secret or not."""
    return frozenset(_ANY_PLACEHOLDER.findall(text))


def placeholder_of(secret: str, key: bytes = b"") -> str:
    """What stands for `secret`, the same wherever it is found.

    Who does not have `key` (at most 64 bytes) cannot try out which password it stands for.
    """
    data = secret.encode("utf-8", "surrogatepass")
    return _PLACEHOLDER.format(hashlib.blake2b(data, digest_size=8, key=key).hexdigest())


def _tokens(text: str) -> list[Found]:
    return [
        Found(kind, match.start(), match.end())
        for kind, needs, form in TOKENS
        if any(need in text for need in needs)
        for match in form.finditer(text)
    ]


def _parts(text: str) -> list[Found]:
    return [
        Found(kind, *match.span(1))
        for kind, needs, form in PARTS
        if needs in text
        for match in form.finditer(text)
    ]


def _named(text: str) -> list[Found]:
    """Values that a name calls a secret, where they are as random as one."""
    found: list[Found] = []
    for form, quoted in ((QUOTED, True), (BARE, False)):
        for match in form.finditer(text):
            start, end = match.span(2)
            before = match.start() if quoted else start
            value = match[2]
            if _is_hidden(value) or not is_dense(value, quoted=quoted):
                continue
            if CALLED.search(text, max(0, before - BEFORE), before):
                found.append(Found("secret by its name", start, end))
    return found


def _is_hidden(value: str) -> bool:
    return _ANY_PLACEHOLDER.search(value) is not None


def _private_keys(text: str) -> list[Found]:
    """What stands between the marks, where it is a key: code that looks for keys has marks too."""
    found: list[Found] = []
    begin = _KEY_BEGIN.search(text)
    while begin:
        start = end = begin.end()
        mark = text.find(_KEY_END, start, start + _LONGEST_KEY)
        head = start + _LONGEST_KEY_HEADER if mark < 0 else min(mark, start + _LONGEST_KEY_HEADER)
        if _KEY_DATA.search(text, start, head):
            end = mark if mark >= 0 else _unmarked_end(text, start)
            found.append(Found("private key", start, end))
        begin = _KEY_BEGIN.search(text, end)
    return found


def _unmarked_end(text: str, start: int) -> int:
    """Where a key whose second mark is missing stops to look like one."""
    body = _KEY_BODY.match(text, start)
    return start if body is None else body.end()
