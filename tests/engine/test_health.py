from __future__ import annotations

import asyncio
import time
from pathlib import Path

from engine.shelves import shelf
from homespun.engine.health import Listed, check
from homespun.providers.discovery import Found
from homespun.providers.kinds import KINDS
from homespun.providers.scripted import Script, ScriptedEndpoint
from model_servers.process import free_port

OLLAMA = KINDS["ollama"].addresses[0]
SHARED = KINDS["localai"].addresses[0]
"""llama.cpp's usual address as well."""


def provider(name: str, address: str, **more: str) -> str:
    lines = "".join(f'{key} = "{value}"\n' for key, value in more.items())
    return f'[providers.{name}]\ntype = "vllm"\nendpoint = "{address}"\n{lines}'


async def test_what_runs_is_listed_beside_what_is_named(tmp_path: Path) -> None:
    async with (
        ScriptedEndpoint(Script()) as endpoint,
        shelf(tmp_path, f'model = "mine/scripted"\n{provider("mine", endpoint.address)}') as (
            own,
            around,
        ),
    ):
        around.running = [
            Found("vllm", endpoint.address, ("scripted",)),
            Found("ollama", OLLAMA, ("qwen:7b",)),
        ]
        mine, found = await own.health.running()
    assert (mine.provider, mine.serves, mine.status, mine.named) == (
        "mine",
        "scripted",
        "ready",
        True,
    )
    assert 0 < mine.seconds < 2
    assert (found.provider, found.status, found.named) == ("ollama", "ready", False)
    assert OLLAMA in found.hint


async def test_models_are_manageable_where_ollama_allows_it(tmp_path: Path) -> None:
    allowed, other = (
        f'endpoint = "http://127.0.0.1:{free_port()}"\nallow_pull = {yes}\n'
        for yes in ("true", "false")
    )
    text = (
        f'[providers.pond]\ntype = "ollama"\n{allowed}'
        f'[providers.well]\ntype = "ollama"\n{other}'
        f'[providers.pump]\ntype = "vllm"\n{allowed}'
    )
    async with shelf(tmp_path, text) as (own, _):
        rows = {row.provider: row.manageable for row in await own.health.named()}
    assert rows == {"pond": True, "well": False, "pump": False}


async def test_everywhere_tells_who_sits_at_an_address(tmp_path: Path) -> None:
    async with shelf(tmp_path) as (own, around):
        around.running = [Found("llamacpp", SHARED, ("tiny",))]
        rows = {row.provider: row for row in await own.health.everywhere()}
    assert rows["llamacpp"].status == "ready"
    assert (rows["localai"].status, rows["localai"].reason) == (
        "unreachable",
        "llama.cpp answers there",
    )
    assert rows["ollama"].reason == "nothing answers there"
    assert not any(KINDS[name].cloud for name in rows), "no cloud is asked unasked"


async def test_the_endpoints_of_a_route_serve(tmp_path: Path) -> None:
    async with ScriptedEndpoint(Script()) as endpoint:
        settings = (
            'model = "team"\n[routes.team]\nendpoints = ["a/scripted", "b/scripted"]\n'
            + provider("a", endpoint.address)
            + provider("b", f"http://127.0.0.1:{free_port()}")
            + provider("idle", endpoint.address)
        )
        async with shelf(tmp_path, settings) as (own, _):
            rows = {row.provider: row for row in await own.health.named()}
    assert {name: (row.serves, row.status) for name, row in rows.items()} == {
        "a": ("scripted", "ready"),
        "b": ("scripted", "unreachable"),
        "idle": ("", "ready"),
    }
    assert [check(row).status for row in rows.values()] == ["ok", "error", "ok"]


async def test_wrong_settings_are_a_row_not_an_end(tmp_path: Path) -> None:
    settings = provider("bad", "http://127.0.0.1:1", api_key="env:NOT_THERE")
    async with shelf(tmp_path, settings) as (own, _):
        (row,) = await own.health.named()
    assert (row.status, row.address) == ("unusable", "")
    assert "NOT_THERE" in row.reason and row.hint


async def test_silent_servers_are_waited_for_together(tmp_path: Path) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    settings = "".join(provider(f"p{number}", address) for number in range(8))
    async with server, shelf(tmp_path, settings) as (own, _):
        began = time.monotonic()
        rows = await own.health.named()
        took = time.monotonic() - began
    assert {row.status for row in rows} == {"unreachable"}
    assert took < 5, "eight silences of two seconds each, at once"


def test_a_check_says_it_in_one_line() -> None:
    row = Listed("p", "vllm", "http://h:1", True, ("a", "b"), "a", "ready")
    assert check(row).found == "ready at http://h:1; models: a, b"
    away = Listed("p", "vllm", "http://h:1", True, (), "", "unreachable", "gone", "Start it.")
    told = check(away)
    assert (told.status, told.found, told.hint) == (
        "warning",
        "unreachable at http://h:1: gone",
        "Start it.",
    )
