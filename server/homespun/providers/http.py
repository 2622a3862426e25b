"""The one way out: shared HTTP clients with separate time limits, bounded bodies and no surprises.

No redirect to another origin is followed, and no proxy is used for this machine. A client is made
when it is first needed, and certificates are only loaded for https: they cost 16 to 37 ms.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from homespun.core.logs import provider_log
from homespun.errors import BadResponse, BadSetting, TimedOut, Unreachable
from homespun.providers import tls
from homespun.providers.address import is_loopback
from homespun.providers.base import Endpoint
from homespun.providers.bodies import body_of
from homespun.providers.kinds import KeyStyle, kind

if TYPE_CHECKING:
    import httpx

_DATA_LIMIT = 4 * 1024 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FIRST_PAUSE = 0.1
_HOPS = 4


class Http:
    """All HTTP of the process. Use it within one event loop, and `close` it at the end."""

    def __init__(self) -> None:
        self._clients: dict[tuple[bool, bool, str], httpx.AsyncClient] = {}

    async def close(self) -> None:
        """Close every connection."""
        clients = list(self._clients.values())
        self._clients.clear()
        for client in clients:
            await client.aclose()

    @asynccontextmanager
    async def post(
        self, endpoint: Endpoint, path: str, body: Mapping[str, object]
    ) -> AsyncGenerator[httpx.Response]:
        """Send a question; inside, the answer's head is there, and its body still comes.

        Leaving closes the socket unless the body was read to its end. A connection that fails is
        tried again, `max_retries` times. Raises `Unreachable`, `TimedOut`, and `BadResponse` for
        a redirect. A status that tells of an error is left to the caller.
        """
        began = time.monotonic()
        async with named_errors(endpoint):
            response = await self._connected(endpoint, endpoint.base_url + path, body)
            _log_status(endpoint, "POST", path, response.status_code, began)
            try:
                if response.status_code in _REDIRECTS:
                    raise _redirected(endpoint)
                yield response
            finally:
                await response.aclose()

    async def get(self, endpoint: Endpoint, path: str, *, limit: float = 5.0) -> tuple[int, Any]:
        """The status and the JSON at `path`; None for a body that is no JSON.

        `limit` in seconds bounds the whole. Redirects within the same origin are followed.
        Raises `Unreachable`, `TimedOut` and `BadResponse`.
        """
        return await self._told(endpoint, "GET", path, None, limit)

    async def ask(
        self, endpoint: Endpoint, path: str, body: Mapping[str, object], *, limit: float = 5.0
    ) -> tuple[int, Any]:
        """As `get`, but a POST of `body`, for what is short and changes nothing."""
        return await self._told(endpoint, "POST", path, body, limit)

    async def delete(
        self, endpoint: Endpoint, path: str, body: Mapping[str, object], *, limit: float = 5.0
    ) -> tuple[int, Any]:
        """As `get`, but a DELETE of what `body` names."""
        return await self._told(endpoint, "DELETE", path, body, limit)

    async def _told(
        self,
        endpoint: Endpoint,
        method: str,
        path: str,
        body: Mapping[str, object] | None,
        limit: float,
    ) -> tuple[int, Any]:
        began, url = time.monotonic(), endpoint.base_url + path
        async with named_errors(endpoint), asyncio.timeout(limit):
            for _ in range(_HOPS):
                async with self._client(url, endpoint).stream(
                    method, url, json=body, headers=_headers(endpoint), timeout=_limits(endpoint)
                ) as response:
                    status = response.status_code
                    _log_status(endpoint, method, path, status, began)
                    if status not in _REDIRECTS:
                        return status, _json(await body_of(response, _DATA_LIMIT))
                    url = _same_origin(endpoint, url, response.headers.get("location", ""))
        raise _redirected(endpoint)

    async def _connected(
        self, endpoint: Endpoint, url: str, body: Mapping[str, object]
    ) -> httpx.Response:
        """The answer's head. Only a request that never left is sent again."""
        import httpx

        pause = _FIRST_PAUSE
        for attempt in range(endpoint.max_retries + 1):
            try:
                return await self._send(endpoint, url, body)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if attempt == endpoint.max_retries:
                    raise
            # GPT4All and others listen on 127.0.0.1 only, where `localhost` may be ::1.
            url = _numeric(url)
            await asyncio.sleep(pause)
            pause *= 2
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _send(
        self, endpoint: Endpoint, url: str, body: Mapping[str, object]
    ) -> httpx.Response:
        client = self._client(url, endpoint)
        request = client.build_request(
            "POST",
            url,
            content=json.dumps(body, ensure_ascii=False).encode("utf-8", "replace"),
            headers={**_headers(endpoint), "Content-Type": "application/json"},
            timeout=_limits(endpoint),
        )
        async with asyncio.timeout(endpoint.connect_timeout + endpoint.first_byte_timeout):
            return await client.send(request, stream=True)

    def _client(self, url: str, endpoint: Endpoint) -> httpx.AsyncClient:
        parts = urlsplit(url)
        key = (parts.scheme == "https", is_loopback(parts.hostname or ""), endpoint.ca_file)
        if key not in self._clients:
            self._clients[key] = _new_client(*key)
        return self._clients[key]


@asynccontextmanager
async def named_errors(endpoint: Endpoint) -> AsyncGenerator[None]:
    """Give the failures of a connection their names, and people what to do."""
    import httpx

    who = f"{endpoint.name} at {endpoint.base_url}"
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise _unreachable(who, endpoint, error) from error
    except (TimeoutError, httpx.TimeoutException) as error:
        raise TimedOut(
            f"{who} was silent for too long.",
            "Look at the model server's log; slow machines need a longer `first_byte_timeout`.",
        ) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise BadSetting(f"The address of {endpoint.name} is not a URL.", "Correct it.") from error
    except (httpx.LocalProtocolError, httpx.DecodingError) as error:
        raise BadResponse(f"{who} does not speak HTTP as it should.", "Check it.") from error
    except httpx.HTTPError as error:
        raise Unreachable(f"{who} closed the connection.", _LOST) from error


_LOST = "See whether the model server is still running, and look at its log."


def _unreachable(who: str, endpoint: Endpoint, error: Exception) -> Unreachable:
    if found := tls.fault(error):
        return Unreachable(f"{who} cannot be reached: {found.reason}.", found.hint)
    hint = "Start the model server, or correct its address in your settings."
    if kind(endpoint.kind).cloud:
        hint = "See whether this machine is online, and whether it needs a proxy (HTTPS_PROXY)."
    return Unreachable(f"{who} cannot be reached.", hint)


def _new_client(secure: bool, own_machine: bool, ca_file: str) -> httpx.AsyncClient:
    """A client that serves many; time limits come with each request."""
    import httpx

    client = httpx.AsyncClient(
        # Without https there is nothing to verify, and httpx need not load certificates.
        verify=tls.certificates(ca_file) if secure else False,
        # The environment's proxies serve for other machines only.
        trust_env=not own_machine,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=8),
    )
    # Cookies know no ports: what one server of this machine sets would go to all others.
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client


def _log_status(endpoint: Endpoint, method: str, path: str, status: int, began: float) -> None:
    """What became of a request, without what was sent: a query may hold a key."""
    logging.getLogger(provider_log(endpoint.name)).debug(
        "%s %s: status %d after %.3f s",
        method,
        path.partition("?")[0],
        status,
        time.monotonic() - began,
    )


def _limits(endpoint: Endpoint) -> httpx.Timeout:
    """Only the connection's own limit: the others depend on what has come so far."""
    import httpx

    return httpx.Timeout(None, connect=endpoint.connect_timeout)


def _headers(endpoint: Endpoint) -> dict[str, str]:
    """What every request carries; compressed answers would come late, in blocks."""
    row = kind(endpoint.kind)
    own = {"Accept-Encoding": "identity", "User-Agent": "homespun", **row.headers}
    return {**own, **_key(endpoint, row.key_style), **endpoint.headers}


def _key(endpoint: Endpoint, style: KeyStyle) -> dict[str, str]:
    if not endpoint.api_key:
        return {}
    if style == "x-api-key":
        return {"x-api-key": endpoint.api_key}
    return {"Authorization": f"Bearer {endpoint.api_key}"}


def _json(data: bytes) -> Any:
    with contextlib.suppress(ValueError, RecursionError):
        return json.loads(data)
    return None


def _same_origin(endpoint: Endpoint, url: str, location: str) -> str:
    target = urljoin(url, location)
    if urlsplit(target)[:2] != urlsplit(url)[:2]:
        raise _redirected(endpoint)
    return target


def _redirected(endpoint: Endpoint) -> BadResponse:
    return BadResponse(
        f"{endpoint.name} at {endpoint.base_url} sends elsewhere (a redirect); not followed.",
        "Set the address that really answers as the provider's `endpoint`.",
    )


def _numeric(url: str) -> str:
    """`localhost` as the address that all local servers listen on."""
    parts = urlsplit(url)
    if parts.hostname != "localhost":
        return url
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"127.0.0.1{port}"))
