"""`homespun/health` of the real language server."""

from __future__ import annotations

from pathlib import Path

from homespun.providers.scripted import Script, ScriptedEndpoint
from lsp.plain_client import client
from lsp.test_whole_way import model_at


async def test_one_provider_and_all_checks(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    async with (
        ScriptedEndpoint(Script(window=4096, model="tiny-random")) as endpoint,
        client("neovim_0.11.4", root, tmp_path, model_at(endpoint.base_url)) as user,
    ):
        asked = {"provider": "llamacpp", "wait": True}
        (one,) = (await user.command("homespun.health", asked))["checks"]  # type: ignore[misc]
        assert (one["name"], one["status"]) == ("provider llamacpp", "ok")
        assert one["details"]["models"] == ["tiny-random"]
        assert [request.method for request in endpoint.requests] == ["GET", "GET"]
        asked = {"provider": "nobody", "wait": True}
        (wrong,) = (await user.command("homespun.health", asked))["checks"]  # type: ignore[misc]
        assert wrong["found"].startswith("unusable")
        every = (await user.command("homespun.health", {"wait": True}))["checks"]
        names = [check["name"] for check in every]  # type: ignore[attr-defined]
        assert "provider llamacpp" in names
        assert {"settings", "journal", "log", "model", "answer"} <= set(names)
