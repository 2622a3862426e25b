"""The log of the real language server: at its loudest, nothing of the user is in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pygls.exceptions import JsonRpcException

from homespun.providers.scripted import Script, ScriptedEndpoint
from homespun.providers.scripted.script import Turn
from lsp.plain_client import client
from lsp.test_whole_way import configured, model_at, titled

MARK = "XYZZY"
TEXT = f"# homespun: {MARK}\ndef add(a, b):\n    return {MARK}\n"
REPLY = json.dumps({"summary": MARK, "text": f"def add(a, b):\n    return {MARK} + 1\n"})


async def test_an_edit_and_a_failure_leave_no_word_of_the_user(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "calc.py").write_text(TEXT)
    configured(tmp_path, '[logging]\nlevel = "debug"\nproviders = { llamacpp = "debug" }\n')
    failing = Turn(match=MARK, status=500, body={"error": {"message": MARK}})
    script = Script(turns=(Turn(match=MARK, reply=REPLY), failing), key=f"{MARK}-key")
    async with (
        ScriptedEndpoint(script) as endpoint,
        client(
            "neovim_0.11.4",
            root,
            tmp_path,
            model_at(endpoint.base_url) | {"LLAMACPP_API_KEY": f"{MARK}-key"},
        ) as user,
    ):
        uri = user.open("calc.py")
        actions = await user.actions(uri, 0)
        done = await user.run(actions[titled(actions, MARK)])
        assert done["status"] == "applied", done
        again = {"textDocument": {"uri": uri}, "instruction": MARK, "wait": True}
        with pytest.raises(JsonRpcException, match="failed"):
            await user.command("homespun.edit", again)
    said = (tmp_path / "state" / "homespun" / "log" / "homespun.log").read_text()
    assert "edit by tiny-random: answered" in said
    assert "Homespun: edit ended: server_fault" in said
    assert MARK not in said
