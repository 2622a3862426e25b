"""What clients may get wrong, and what may be wrong around us."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pygls.exceptions import JsonRpcException

from homespun.providers.scripted import Script, ScriptedEndpoint
from lsp.plain_client import Client, client

TEXT = "x = 1\n"
GOOD = json.dumps({"summary": "Two.", "text": "x = 2\n"})
INVALID = -32602

BAD = {
    "no parameters": {},
    "an unknown parameter": {"textDocument": {"uri": "file:///a"}, "sope": "file"},
    "a wrong type": {"textDocument": {"uri": 5}},
    "a wrong scope": {"textDocument": {"uri": "file:///a"}, "scope": "universe"},
    "a range of texts": {"textDocument": {"uri": "file:///a"}, "range": "all of it"},
    "a negative line": {
        "textDocument": {"uri": "file:///a"},
        "range": {"start": {"line": -1, "character": 0}, "end": {"line": 0, "character": 0}},
    },
}


@pytest.mark.parametrize("given", BAD.values(), ids=BAD)
async def test_bad_parameters_are_named(given: dict[str, object], tmp_path: Path) -> None:
    async with client("neovim_0.11.4", tmp_path, tmp_path / "state", {}) as user:
        with pytest.raises(JsonRpcException) as failure:
            await user.command("homespun.edit", {**given, "wait": True})
        assert failure.value.code == INVALID
        assert failure.value.message
        assert (await user.command("homespun.history", {"wait": True}))["entries"] == []


@pytest.mark.parametrize(
    "uri", ["file:///nowhere/at/all.py", "untitled:Untitled-1", "git:/x.py?{}", "not a uri"]
)
async def test_unknown_files_are_told(uri: str, tmp_path: Path) -> None:
    environ = {"HOMESPUN_MODEL": "vllm/x", "VLLM_BASE_URL": "http://127.0.0.1:9"}
    async with client("neovim_0.11.4", tmp_path, tmp_path / "state", environ) as user:
        given = {"textDocument": {"uri": uri}, "instruction": "x", "wait": True}
        with pytest.raises(JsonRpcException) as failure:
            await user.command("homespun.edit", given)
        assert failure.value.data["code"] in ("unknown_file", "outside_workspace", "bad_input")


async def edited(user: Client) -> dict[str, object]:
    uri = user.open("a.py")
    given = {"textDocument": {"uri": uri}, "instruction": "Two.", "wait": True}
    return await user.command("homespun.edit", given)


async def test_a_journal_that_cannot_be_written_stops_the_edit_before_it_is_made(
    tmp_path: Path,
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(TEXT)
    (tmp_path / "state" / "homespun" / "journal.db").mkdir(parents=True)
    async with ScriptedEndpoint(Script.of(GOOD)) as endpoint:
        environ = {"HOMESPUN_MODEL": "vllm/x", "VLLM_BASE_URL": endpoint.base_url}
        async with client("neovim_0.11.4", root, tmp_path, environ) as user:
            with pytest.raises(JsonRpcException) as failure:
                await edited(user)
            assert failure.value.data["code"] == "keeping_failed"
            assert "journal.db" in failure.value.message
            assert set(user.texts.values()) == {TEXT}


async def test_a_project_cannot_name_a_model_an_address_or_a_key(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(TEXT)
    async with (
        ScriptedEndpoint(Script.of(GOOD)) as mine,
        ScriptedEndpoint(Script.of(GOOD)) as theirs,
    ):
        (root / ".homespun.toml").write_text(
            'model = "vllm/theirs"\n'
            f'[providers.vllm]\nendpoint = "{theirs.base_url}"\napi_key = "theirs"\n'
            '[cloud]\nmodel = "openai/theirs"\nconsent = "allow"\n'
        )
        environ = {"HOMESPUN_MODEL": "vllm/mine", "VLLM_BASE_URL": mine.base_url}
        async with client("neovim_0.11.4", root, tmp_path, environ) as user:
            done = await edited(user)
            assert done["answeredBy"]["model"] == "mine"  # type: ignore[index]
            told = [message.message for message in user.lsp.messages]
        assert theirs.requests == []
        assert len(mine.chats) == 1
    assert any(".homespun.toml" in message and "model" in message for message in told)


async def test_the_cloud_is_asked_for_and_a_local_failure_never_reaches_it(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(TEXT)
    config = tmp_path / "config" / "homespun" / "config.toml"
    config.parent.mkdir(parents=True)
    async with ScriptedEndpoint(Script.of(GOOD, GOOD)) as cloud:
        settings = (
            '[cloud]\nmodel = "far/away"\n'
            f'[providers.far]\ntype = "vllm"\nendpoint = "{cloud.base_url}"\n'
        )
        config.write_text(settings)
        async with client("neovim_0.11.4", root, tmp_path, {}) as user:
            user.answer = "nothing of the kind"
            with pytest.raises(JsonRpcException) as failure:
                await edited(user)
            assert failure.value.data["code"] == "consent_needed"
            assert cloud.chats == []
            user.answer = "Send it"
            done = await edited(user)
            assert done["status"] == "applied"
            assert done["answeredBy"]["local"] is False  # type: ignore[index]
        config.write_text(f'model = "vllm/here"\n{settings}')
        dead = {"VLLM_BASE_URL": "http://127.0.0.1:9"}
        async with client("neovim_0.11.4", root, tmp_path, dead) as user:
            with pytest.raises(JsonRpcException) as failure:
                await edited(user)
            assert failure.value.data["code"] == "unreachable"
        assert len(cloud.chats) == 1


async def test_no_user_text_reaches_the_logs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text("tarantula = 1\n")
    reply = json.dumps({"summary": "Scorpion.", "text": "scorpion = 1\n"})
    async with ScriptedEndpoint(Script.of(reply)) as endpoint:
        environ = {"HOMESPUN_MODEL": "vllm/x", "VLLM_BASE_URL": endpoint.base_url}
        async with client("neovim_0.11.4", root, tmp_path, environ) as user:
            assert (await edited(user))["status"] == "applied"
            logged = [message.message for message in user.lsp.log_messages]
    out, err = capfd.readouterr()
    for word in ("tarantula", "scorpion", "Scorpion"):
        assert word not in out + err + "".join(logged)
