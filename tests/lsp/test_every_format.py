"""The same edit in each format lands alike: in every recorded client, and from a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from homespun.providers.scripted import Script, ScriptedEndpoint
from lsp.plain_client import CLIENTS, Client, client
from lsp.test_whole_way import configured, model_at
from model_servers.llama_server import Options, llama_server

BEFORE = "def add(a, b):\n    # 𝄞 e\u0301\n    return a - b\n\n\nprint(add(1, 2))\n"
AFTER = BEFORE.replace("a - b", "a + b")
HUNK = {"find": "return a - b", "replace": "return a + b"}
REPLIES = {
    "region": json.dumps({"summary": "Adds.", "text": AFTER}),
    "hunks": json.dumps(
        {"summary": "", "updated_files": [{"action": "edit", "file": "a.py", "hunks": [HUNK]}]}
    ),
    "whole": json.dumps(
        {"summary": "", "updated_files": [{"action": "write", "file": "a.py", "text": AFTER}]}
    ),
    "fenced": f"Adds.\n\na.py\n```python\n{AFTER}```\n",
    "search": "a.py\n```\n<<<<<<< SEARCH\n    return a - b\n=======\n    return a + b\n"
    ">>>>>>> REPLACE\n```\n",
}


def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_bytes(BEFORE.encode())
    return root


async def lands(user: Client) -> None:
    """The next reply becomes the edit, and is taken back."""
    uri = user.open("a.py") if not user.texts else next(iter(user.texts))
    given = {"textDocument": {"uri": uri}, "instruction": "Add.", "scope": "file", "wait": True}
    done = await user.command("homespun.edit", given)
    assert done["status"] == "applied", done
    assert user.texts[uri] == AFTER
    undone = await user.command("homespun.undo", {"wait": True})
    assert undone["status"] == "applied", undone
    assert user.texts[uri] == BEFORE


@pytest.mark.parametrize("name", CLIENTS)
async def test_every_format_lands_in_every_client(name: str, tmp_path: Path) -> None:
    root = project(tmp_path)
    async with (
        ScriptedEndpoint(Script.of(*REPLIES.values())) as endpoint,
        client(name, root, tmp_path, model_at(endpoint.base_url)) as user,
    ):
        for _ in REPLIES:
            await lands(user)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
async def test_every_format_lands_from_a_real_server(reply: str, tmp_path: Path) -> None:
    """llama-server is held by a grammar to the reply: all else on the way is as ever."""
    root = project(tmp_path)
    configured(tmp_path, 'edit_format = "fenced"\n')  # No schema is sent in the grammar's way.
    options = Options(parallel=1, grammar=f"root ::= {json.dumps(reply, ensure_ascii=False)}")
    with llama_server(tmp_path, options) as server:
        async with client("helix_25.07", root, tmp_path, model_at(server.address)) as user:
            await lands(user)
