"""Addresses as people write them, brought to one form, and whose network they are in.

`localhost:8080`, `http://host/v1/`, `https://host/api/v1/chat/completions` are all understood.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from homespun.errors import BadSetting

_CHAT = "/chat/completions"
_VERSION = re.compile(r"/v\d+\w*$")
_OWN_NAMES = (".localhost", ".local", ".lan", ".home.arpa", ".internal")
_SHARED = ipaddress.ip_network("100.64.0.0/10")
"""Carrier-grade NAT, used by overlays such as Tailscale: not routed in public (RFC 6598)."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server is: `base_url` without version and slash, `version` such as `/v1` where given.

    `chat_path` is set where a full chat URL was written, with its query if it has one.
    """

    base_url: str
    version: str = ""
    chat_path: str = ""


def parse(written: str) -> Address:
    """The address that was meant. Raises `BadSetting` for what is none."""
    parts = _split(written)
    path, chat_path = parts.path.rstrip("/"), ""
    if path.endswith(_CHAT):
        path = path.removesuffix(_CHAT)
        chat_path = _CHAT + (f"?{parts.query}" if parts.query else "")
    version = match.group() if (match := _VERSION.search(path)) else ""
    base_url = f"{parts.scheme}://{parts.netloc}{path.removesuffix(version)}"
    return Address(base_url, version, version + chat_path if chat_path else "")


def is_own(base_url: str) -> bool:
    """Whether the address is this machine or a private network, judged without asking any DNS."""
    host = (urlsplit(base_url).hostname or "").rstrip(".")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_OWN_NAMES)
    return address.is_private or address.is_link_local or address in _SHARED


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this machine."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _split(written: str) -> SplitResult:
    """The URL's parts. The text itself is not repeated in an error: it may hold a key."""
    text = written.strip()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        valid = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        valid, parts = False, urlsplit("")
    if not valid or any(c.isspace() or not c.isprintable() for c in text):
        raise BadSetting(
            "A server's address is not a URL.",
            "Write it like http://127.0.0.1:8080, with or without /v1.",
        )
    if parts.username is not None or parts.password is not None:
        raise BadSetting(
            "A server's address holds a user name or password.",
            "Put the key into `api_key`, for example as env:NAME.",
        )
    return parts
