"""Profiles that come and go by an editor's word, in a real settings file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.shelves import shelf
from homespun.config.profiles import Profile
from homespun.errors import BadSetting
from homespun.providers.scripted import Script, ScriptedEndpoint

WORK = Profile("work", "vLLM", "http://10.0.0.2:8000", "env:WORK_KEY", ("qwen",))


async def test_what_is_added_is_in_force_at_once(tmp_path: Path) -> None:
    async with shelf(tmp_path, "# mine\n") as (own, around):
        assert await own.roster.add(WORK) == str(around.file)
        work = around.live.settings().providers["work"]
        assert (work.type, work.endpoint, work.models) == ("vllm", WORK.endpoint, ("qwen",))
        assert work.api_key.get_secret_value() == "env:WORK_KEY"
        assert around.live.settings().model == ""
    assert around.file.read_text().startswith("# mine\n")


async def test_a_profile_is_added_chosen_and_removed(tmp_path: Path) -> None:
    async with (
        ScriptedEndpoint(Script.of("hi")) as endpoint,
        shelf(tmp_path, 'model = "ollama/a"\n') as (own, around),
    ):
        await own.roster.add(replace(WORK, endpoint=endpoint.address, api_key=""))
        assert (await own.select("work/qwen", keep=False)).status == "switched"
        assert around.live.settings().model == "work/qwen"
        assert await own.roster.remove("work")
        assert around.live.settings().model == "ollama/a"
        assert not around.live.settings().providers


@pytest.mark.parametrize(("model", "served"), [("work/qwen", True), ("ollama/a", False)])
async def test_removing_tells_whether_it_served(tmp_path: Path, model: str, served: bool) -> None:
    text = f'model = "{model}"\n[providers.work]\ntype = "vllm"\n'
    async with shelf(tmp_path, text) as (own, around):
        assert await own.roster.remove("work") is served
        assert around.live.settings().model == ("" if served else model)


@pytest.mark.parametrize("key", ["", "env:WORK_KEY", "keyring:work", "keyring:me@work.example"])
async def test_a_key_is_a_reference(tmp_path: Path, key: str) -> None:
    async with shelf(tmp_path) as (own, around):
        await own.roster.add(replace(WORK, api_key=key))
        work = around.live.settings().providers["work"]
    assert work.api_key.get_secret_value() == key


@pytest.mark.parametrize(
    "key", ["sk-secret", 'command:["sk-secret"]', "env:", "env:sk-secret", "keyring:", " env:SK"]
)
async def test_any_other_key_is_neither_kept_nor_repeated(tmp_path: Path, key: str) -> None:
    async with shelf(tmp_path) as (own, around):
        with pytest.raises(BadSetting, match="never itself") as caught:
            await own.roster.add(replace(WORK, api_key=key))
    assert "sk-secret" not in f"{caught.value} {caught.value.hint}"
    assert around.file.read_text() == ""


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (replace(WORK, type="vlm"), "no kind of server called 'vlm'"),
        (replace(WORK, endpoint="ftp://10.0.0.2"), "not a URL"),
        (replace(WORK, name="a/b"), "cannot be the name"),
        (replace(WORK, name="taken"), "already"),
    ],
)
async def test_what_cannot_be_is_not_kept(tmp_path: Path, wrong: Profile, words: str) -> None:
    text = '[providers.taken]\ntype = "vllm"\n'
    async with shelf(tmp_path, text) as (own, around):
        with pytest.raises(BadSetting, match=words):
            await own.roster.add(wrong)
    assert around.file.read_text() == text


async def test_what_is_not_there_is_not_removed(tmp_path: Path) -> None:
    async with shelf(tmp_path, 'model = "nobody/m"\n') as (own, around):
        with pytest.raises(BadSetting, match="no profile called 'nobody'"):
            await own.roster.remove("nobody")
        assert around.live.settings().model == "nobody/m"
