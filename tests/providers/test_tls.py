"""Secure connections: a real TLS server with an authority of its own, as a team has it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from homespun.errors import Unreachable
from homespun.providers.base import Endpoint, Provider
from homespun.providers.scripted import Script, ScriptedEndpoint
from model_servers.asking import USUAL, answered, provider_at, question

TEAM = trustme.CA()
HASTY = replace(USUAL, max_retries=0)


def context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(made)
    return made


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    TEAM.cert_pem.write_to_path(tmp_path / "team.pem")
    return str(tmp_path / "team.pem")


@asynccontextmanager
async def served(
    certificate: trustme.LeafCert, endpoint: Endpoint
) -> AsyncIterator[tuple[ScriptedEndpoint, Provider]]:
    async with (
        ScriptedEndpoint(Script.of("safe"), certificate=context(certificate)) as server,
        provider_at(server.address, endpoint) as provider,
    ):
        yield server, provider


async def test_an_own_authority_is_trusted_where_its_user_names_it(ca_file: str):
    good = TEAM.issue_cert("127.0.0.1")
    async with served(good, replace(HASTY, ca_file=ca_file, api_key="sk")) as (server, provider):
        assert server.address.startswith("https://")
        assert (await answered(provider, question())).text == "safe"
        assert server.chats[0].headers["authorization"] == "Bearer sk"


YESTERDAY, TOMORROW = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))


@pytest.mark.parametrize(
    ("certificate", "reason", "hint"),
    [
        (trustme.CA().issue_cert("127.0.0.1"), "is not trusted", "ca_file"),
        (TEAM.issue_cert("gpu.example.com"), "is for another name", "name"),
        (TEAM.issue_cert("127.0.0.1", not_after=YESTERDAY), "has expired", "renewed"),
        (TEAM.issue_cert("127.0.0.1", not_before=TOMORROW), "not valid yet", "clocks"),
    ],
    ids=["stranger", "another name", "expired", "early"],
)
async def test_what_is_not_trusted_gets_nothing_and_people_are_told_why(
    ca_file: str, certificate: trustme.LeafCert, reason: str, hint: str
):
    endpoint = replace(HASTY, ca_file=ca_file, api_key="sk")
    async with served(certificate, endpoint) as (server, provider):
        with pytest.raises(Unreachable, match=reason) as caught:
            await answered(provider, question())
    assert hint in caught.value.hint
    assert server.requests == []


async def test_without_the_file_the_authority_is_a_stranger():
    async with served(TEAM.issue_cert("127.0.0.1"), HASTY) as (server, provider):
        with pytest.raises(Unreachable, match="is not trusted"):
            await answered(provider, question())
    assert server.requests == []


async def bad_request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What servers without TLS say to the beginning of a handshake."""
    await reader.read(1)
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    writer.close()


async def test_https_where_only_http_is_spoken():
    async with await asyncio.start_server(bad_request, "127.0.0.1", 0) as server:
        address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with provider_at(address, HASTY) as provider:
            with pytest.raises(Unreachable, match="does not speak https") as caught:
                await answered(provider, question())
    assert "http://" in caught.value.hint


async def test_http_where_only_https_is_spoken(ca_file: str):
    certificate = context(TEAM.issue_cert("127.0.0.1"))
    async with ScriptedEndpoint(Script.of("safe"), certificate=certificate) as server:
        address = server.address.replace("https:", "http:")
        async with provider_at(address, HASTY) as provider:
            with pytest.raises(Unreachable, match="closed the connection"):
                await answered(provider, question())
    assert server.requests == []
