"""`homespun/models` and its kin, as an editor calls them, with a shelf that plays its part."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import pytest

from homespun.config.profiles import Profile
from homespun.engine.health import Listed
from homespun.engine.ports import Check
from homespun.engine.switching import Switched
from homespun.errors import BadSetting, InputError
from homespun.lsp.server import Server, create
from homespun.providers.ollama_models import Pulling
from lsp.editor import Failed, beside, capabilities
from lsp.scripted_server import PlainWriter, ScriptedEngine

NEOVIM = capabilities("neovim_0.11.4")
HERE = Listed("work", "vllm", "http://10.0.0.2:8000", True, ("qwen", "llama"), "qwen", "ready")
DOWN = Listed("desk", "lm_studio", "", True, (), "", "unreachable", "it is off.", "Start it.")


@dataclass
class PlayedRoster:
    """Keeps profiles in memory; the one called `serving` serves."""

    kept: dict[str, Profile] = field(default_factory=dict[str, Profile])

    async def add(self, profile: Profile) -> str:
        if profile.name in self.kept:
            raise BadSetting("There is a profile of that name already.", "Take another name.")
        self.kept[profile.name] = profile
        return "/home/me/config.toml"

    async def remove(self, name: str) -> bool:
        del self.kept[name]
        return name == "serving"


@dataclass
class PlayedShelf:
    """Answers as it is set, and remembers what it was told."""

    switched: Switched = Switched("work/qwen", "http://10.0.0.2:8000", True, "switched")  # noqa: RUF009
    providers: Sequence[Listed] = (HERE, DOWN)
    told: list[object] = field(default_factory=list[object])
    roster: PlayedRoster = field(default_factory=PlayedRoster)
    left: asyncio.Event = field(default_factory=asyncio.Event)

    async def listed(self) -> Sequence[Listed]:
        return self.providers

    async def select(self, model: str, *, keep: bool) -> Switched:
        self.told.append((model, keep))
        return self.switched

    async def trial(self, model: str | None) -> AsyncGenerator[Check, None]:
        yield Check("connection", "ok", f"{model}: ready", details={"models": ["qwen"]})
        yield Check("tools", "warning", "it calls no tools")

    async def pull(self, model: str) -> AsyncGenerator[Pulling, None]:
        if model == "forbidden":
            raise InputError("Downloading is not allowed.", "Set allow_pull = true.")
        try:
            for completed in (0, 1, 50, 100):
                yield Pulling("pulling abc", completed * 10**9, 100 * 10**9)
            if model == "endless":
                await asyncio.Event().wait()
            yield Pulling("success")
        finally:
            self.left.set()

    async def delete(self, model: str) -> str:
        return f"ollama/{model}"


@pytest.fixture
def shelf() -> PlayedShelf:
    return PlayedShelf()


@pytest.fixture
def server(shelf: PlayedShelf) -> Server:
    def build(workspace: object, settings: object) -> ScriptedEngine:
        engine = ScriptedEngine(workspace)
        engine.shelf = shelf
        return engine

    return create(build, lambda _: PlainWriter())


async def test_models_are_listed(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        listed = (await editor.request("homespun/models", {}))["providers"]
        assert [(one["provider"], one["status"]) for one in listed] == [
            ("work", "ready"),
            ("desk", "unreachable"),
        ]
        assert listed[0]["models"] == ["qwen", "llama"] and listed[0]["serves"] == "qwen"
        await editor.command("homespun.models")
        assert (await editor.shown("window/showDocument"))["uri"].endswith("models.md")


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        ("switched", 3, "work/qwen (local) serves now."),
        ("warned", 2, "serves now, though: it is slow. Wait."),
        ("kept", 2, "The model stays as it was: it is slow. Wait."),
    ],
)
async def test_a_switch_tells_how_it_ended(
    server: Server, shelf: PlayedShelf, status: str, kind: int, words: str
) -> None:
    reason = ("", "") if status == "switched" else ("it is slow.", "Wait.")
    shelf.switched = Switched("work/qwen", "http://10.0.0.2:8000", True, status, *reason)
    async with beside(server, NEOVIM) as editor:
        params = {"model": "work/qwen", "keep": True}
        result = await editor.request("homespun/selectModel", params)
        assert (result["status"], result["reason"]) == (status, reason[0])
        await editor.command("homespun.selectModel", {"model": "work/qwen"})
        told = await editor.shown()
        assert told["type"] == kind and words in told["message"]
    assert shelf.told == [("work/qwen", True), ("work/qwen", False)]


async def test_without_a_name_the_user_picks(server: Server, shelf: PlayedShelf) -> None:
    async with beside(server, NEOVIM) as editor:

        async def pick(params: dict[str, object]) -> object:
            assert [action["title"] for action in params["actions"]] == ["work/qwen", "work/llama"]
            return {"title": "work/llama"}

        editor.answers["window/showMessageRequest"] = pick
        assert (await editor.request("homespun/selectModel", {}))["status"] == "switched"
        assert shelf.told == [("work/llama", False)]
        shelf.providers = (DOWN,)
        with pytest.raises(Failed, match="no model to choose"):
            await editor.request("homespun/selectModel", {})


async def test_a_model_is_tested(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        result = await editor.request("homespun/testModel", {"model": "work/qwen"})
        assert [check["name"] for check in result["checks"]] == ["connection", "tools"]
        assert result["checks"][0]["details"] == {"models": ["qwen"]}


async def test_a_download_tells_how_far_it_is(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        params = {"model": "qwen:7b", "workDoneToken": "t"}
        assert await editor.request("homespun/pullModel", params) == {"model": "qwen:7b"}
        told = [note["value"].get("message") for note in editor.messages("$/progress")]
        assert any("50 % of 100.0 GB" in str(message) for message in told)
        deleted = await editor.request("homespun/deleteModel", {"model": "qwen:7b"})
        assert deleted == {"model": "ollama/qwen:7b"}


async def test_cancelling_a_download_leaves_it(server: Server, shelf: PlayedShelf) -> None:
    async with beside(server, NEOVIM) as editor:
        await editor.command("homespun.pullModel", {"model": "endless", "workDoneToken": "t"})
        await editor.wait_for(lambda: len(editor.messages("$/progress")) > 1)
        editor.notify("window/workDoneProgress/cancel", {"token": "t"})
        await asyncio.wait_for(shelf.left.wait(), 60)


async def test_what_is_not_allowed_says_how_to_allow_it(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        with pytest.raises(Failed, match="not allowed"):
            await editor.request("homespun/pullModel", {"model": "forbidden"})
        await editor.command("homespun.deleteModel")
        assert "No model is named" in (await editor.shown())["message"]


async def test_a_model_server_is_added_by_name(server: Server, shelf: PlayedShelf) -> None:
    params = {
        "name": "work",
        "type": "vllm",
        "endpoint": "http://10.0.0.2:8000",
        "models": ["qwen", "llama"],
        "key": "env:WORK_KEY",
    }
    async with beside(server, NEOVIM) as editor:
        added = await editor.request("homespun/addModel", params)
        assert added == {"name": "work", "file": "/home/me/config.toml"}
        with pytest.raises(Failed, match="already"):
            await editor.request("homespun/addModel", params)
        await editor.command("homespun.addModel", {"name": "desk", "type": "ollama"})
        assert "desk is kept in /home/me/config.toml" in (await editor.shown())["message"]
    work = Profile("work", "vllm", "http://10.0.0.2:8000", "env:WORK_KEY", ("qwen", "llama"))
    assert shelf.roster.kept == {"work": work, "desk": Profile("desk", "ollama")}


@pytest.mark.parametrize(
    "params", [{}, {"name": "work"}, {"name": "w", "type": "vllm", "command": "x"}]
)
async def test_what_is_no_model_server_is_not_added(
    server: Server, shelf: PlayedShelf, params: dict[str, object]
) -> None:
    async with beside(server, NEOVIM) as editor:
        with pytest.raises(Failed, match="homespun/addModel"):
            await editor.request("homespun/addModel", params)
    assert not shelf.roster.kept


@pytest.mark.parametrize(("name", "served", "kind"), [("serving", True, 2), ("other", False, 3)])
async def test_a_model_server_is_removed(
    server: Server, shelf: PlayedShelf, name: str, served: bool, kind: int
) -> None:
    async with beside(server, NEOVIM) as editor:
        shelf.roster.kept[name] = Profile(name)
        removed = await editor.request("homespun/removeModel", {"name": name})
        assert removed == {"name": name, "served": served}
        shelf.roster.kept[name] = Profile(name)
        await editor.command("homespun.removeModel", {"name": name})
        told = await editor.shown()
        assert told["type"] == kind
        assert ("choose another model" in told["message"]) is served
    assert not shelf.roster.kept
