"""Where no model is set: what is found, asked once, kept; and the cloud only after that."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.shelves import shelf
from homespun.engine.finding import best
from homespun.engine.machine import FIRST_MODELS, first_model, memory
from homespun.errors import ConsentNeeded, NoModel
from homespun.providers.discovery import Found

OLLAMA = Found("ollama", "http://127.0.0.1:11434", ("nomic-embed-text", "llama3", "qwen-coder"))
LLAMA = Found("llamacpp", "http://127.0.0.1:9931", ("tiny.gguf",))
ANY = Found("openai_compatible", "http://127.0.0.1:7777", ("m",))
CLOUD = '[cloud]\nmodel = "openai/gpt-4o-mini"\n'


@pytest.mark.parametrize(
    ("found", "text", "name", "model", "written"),
    [
        (OLLAMA, "", "ollama", "qwen-coder", 'model = "ollama/qwen-coder"\n'),
        (LLAMA, "", "llamacpp", "tiny.gguf", 'endpoint = "http://127.0.0.1:9931"'),
        (ANY, "", "local", "m", 'type = "openai_compatible"'),
        (LLAMA, '[providers.llamacpp]\nendpoint = "http://10.0.0.9:1"\n', "llamacpp2", "tiny.gguf",
         'model = "llamacpp2/tiny.gguf"'),
    ],
)  # fmt: skip
async def test_what_runs_here_is_used_once_agreed_to(
    tmp_path: Path, found: Found, text: str, name: str, model: str, written: str
) -> None:
    async with shelf(tmp_path, text) as (own, around):
        around.running = [found]
        endpoint = await own.endpoint(None, around)
        assert (endpoint.name, endpoint.model, endpoint.base_url) == (name, model, found.base_url)
        assert written in around.file.read_text()
        (question,) = around.questions
        assert model in question and found.base_url in question
        assert await own.endpoint(None, around) == endpoint
        assert (around.looks, len(around.questions)) == (1, 1)


async def test_several_jobs_ask_once(tmp_path: Path) -> None:
    async with shelf(tmp_path) as (own, around):
        around.running = [OLLAMA]
        first, second = await asyncio.gather(own.endpoint(None, around), own.endpoint(None, around))
        assert first == second and len(around.questions) == 1


async def test_a_no_is_not_asked_again_and_told_what_there_is(tmp_path: Path) -> None:
    async with shelf(tmp_path) as (own, around):
        around.running, around.yes = [OLLAMA], False
        for _ in range(2):
            with pytest.raises(
                NoModel, match=r"Ollama runs at http://127\.0\.0\.1:11434"
            ) as caught:
                await own.endpoint(None, around)
            assert "homespun model add" in caught.value.hint
        assert len(around.questions) == 1
        assert around.file.read_text() == ""


async def test_nothing_found_says_what_was_looked_for_and_what_would_fit(tmp_path: Path) -> None:
    async with shelf(tmp_path) as (own, around):
        around.running = [Found("ollama", "http://127.0.0.1:11434", ("nomic-embed-text",))]
        with pytest.raises(NoModel, match="no model server was found") as caught:
            await own.endpoint(None, around)
        assert "Ollama (11434)" in caught.value.hint
        assert any(f"ollama pull {model.name}" in caught.value.hint for model in FIRST_MODELS)
        assert not around.questions


@pytest.mark.parametrize(
    ("running", "yes", "name", "needs_consent"),
    [([OLLAMA], True, "ollama", False), ([OLLAMA], False, "openai", True),
     ([], True, "openai", True)],
)  # fmt: skip
async def test_the_cloud_comes_after_what_runs_here(
    tmp_path: Path, running: list[Found], yes: bool, name: str, needs_consent: bool
) -> None:
    async with shelf(tmp_path, CLOUD) as (own, around):
        around.running, around.yes = running, yes
        endpoint = await own.endpoint(None, around)
        assert (endpoint.name, endpoint.needs_consent) == (name, needs_consent)


async def test_a_cloud_that_is_switched_off_says_so(tmp_path: Path) -> None:
    async with shelf(tmp_path, CLOUD + 'consent = "never"\n') as (own, around):
        with pytest.raises(ConsentNeeded):
            await own.endpoint(None, around)


async def test_where_a_model_is_named_nobody_looks_around(tmp_path: Path) -> None:
    async with shelf(tmp_path, 'model = "vllm/m"\n' + CLOUD) as (own, around):
        assert (await own.endpoint(None, around)).name == "vllm"
        assert (await own.endpoint("ollama/a", around)).name == "ollama"
        assert around.looks == 0


@pytest.mark.parametrize(
    ("models", "model"),
    [
        ((), ""),
        (("text-embedding-3", "bge-m3"), ""),
        (("llama3", "mistral"), "llama3"),
        (("llama3", "codestral"), "codestral"),
        (("bge-coder", "Qwen2.5-Coder-7B"), "Qwen2.5-Coder-7B"),
    ],
)
def test_the_model_to_offer(models: tuple[str, ...], model: str) -> None:
    assert best(models) == model


@pytest.mark.parametrize(
    ("gigabytes", "name"), [(0, "1.5b"), (8, "1.5b"), (16, "7b"), (32, "14b"), (64, "32b")]
)
def test_the_first_model_takes_half_of_the_memory(gigabytes: int, name: str) -> None:
    assert first_model(gigabytes * 10**9).name.endswith(f":{name}")


def test_this_machine_has_some_memory() -> None:
    assert memory() > 10**8
