"""The way out: proxies, redirects, certificates, limits."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from homespun.errors import BadResponse, BadSetting, Unreachable
from homespun.providers.base import Endpoint
from homespun.providers.http import Http
from homespun.providers.scripted import Route, Script, ScriptedEndpoint, Turn


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    made = Http()
    yield made
    await made.close()


def at(address: str) -> Endpoint:
    return Endpoint("openai_compatible", "mine", address, "m", max_retries=0)


async def test_no_proxy_for_this_machine(http: Http, monkeypatch: pytest.MonkeyPatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    async with ScriptedEndpoint(Script()) as endpoint:
        status, data = await http.get(at(endpoint.address), "/v1/models")
        with pytest.raises(Unreachable):
            await http.get(at("http://192.0.2.1"), "/v1/models")
    assert status == 200
    assert data["data"][0]["id"] == "scripted"


async def test_a_proxy_of_the_environment_for_other_machines(
    http: Http, monkeypatch: pytest.MonkeyPatch
):
    async with ScriptedEndpoint(Script()) as proxy:
        for name in ("HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, proxy.address)
        await http.get(at("http://192.0.2.1"), "/v1/models")
    assert [request.path for request in proxy.requests] == ["http://192.0.2.1/v1/models"]


async def test_certificates_that_cannot_be_read(http: Http, tmp_path: Path):
    endpoint = replace(at("https://127.0.0.1:9"), ca_file=str(tmp_path / "none.pem"))
    with pytest.raises(BadSetting, match=r"none\.pem"):
        await http.get(endpoint, "/")
    (tmp_path / "none.pem").write_text("no certificate")
    with pytest.raises(BadSetting, match=r"none\.pem"):
        await http.get(endpoint, "/")


async def test_a_body_that_is_too_large_is_refused(http: Http):
    route = Route(body="x" * (5 * 1024 * 1024))
    async with ScriptedEndpoint(Script(routes={"GET /v1/models": route})) as endpoint:
        with pytest.raises(BadResponse, match="more than"):
            await http.get(at(endpoint.address), "/v1/models")


@pytest.mark.parametrize(
    ("location", "path"), [("/v1/models", "/v1/models"), ("http://192.0.2.1/v1/models", None)]
)
async def test_redirects_stay_within_the_origin(http: Http, location: str, path: str | None):
    moved = Route(status=302, headers={"Location": location})
    async with ScriptedEndpoint(Script(routes={"GET /moved": moved})) as endpoint:
        if path is None:
            with pytest.raises(BadResponse, match="redirect"):
                await http.get(at(endpoint.address), "/moved")
        else:
            status, _ = await http.get(at(endpoint.address), "/moved")
            assert (status, endpoint.requests[-1].path) == (200, path)


async def test_a_circle_of_redirects_ends(http: Http):
    circle = Route(status=302, headers={"Location": "/moved"})
    async with ScriptedEndpoint(Script(routes={"GET /moved": circle})) as endpoint:
        with pytest.raises(BadResponse, match="redirect"):
            await http.get(at(endpoint.address), "/moved")
    assert len(endpoint.requests) < 10


async def test_cookies_are_not_carried_from_one_server_to_another(http: Http):
    setting = Route(headers={"Set-Cookie": "session=1"})
    async with (
        ScriptedEndpoint(Script(routes={"GET /v1/models": setting})) as one,
        ScriptedEndpoint(Script(turns=(Turn(),))) as other,
    ):
        await http.get(at(one.address), "/v1/models")
        await http.get(at(other.address), "/v1/models")
    assert "cookie" not in other.requests[0].headers


@pytest.mark.parametrize("headers", [{"X-A": "b\r\nX-C: d"}, {"X Y": "z"}])
async def test_a_header_that_cannot_be_sent(http: Http, headers: dict[str, str]):
    async with ScriptedEndpoint(Script()) as endpoint:
        with pytest.raises(BadResponse):
            await http.get(replace(at(endpoint.address), headers=headers), "/v1/models")
    assert endpoint.requests == []
