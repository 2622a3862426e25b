"""A hundred planted secrets, and what of them a model server is sent: nothing."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engine.world import MemoryWorkspace, Recorder, engine_over
from homespun.engine.ports import EditTask, Place
from homespun.journal.store import Journal
from homespun.providers.scripted import Script, ScriptedEndpoint
from homespun.security.secret_scan import findings, redact, restore
from model_servers.asking import provider_at
from security.corpus import corpus

PLANTED = corpus()
ORDINARY = ("httpx", "click", "rich", "pydantic", "pygls")


async def sent(tmp_path: Path, replies: Sequence[str]) -> tuple[list[str], MemoryWorkspace]:
    """The bodies that a server gets where files with all the secrets are open and one is edited."""
    root = tmp_path / "project"
    root.mkdir()
    files = {planted.file: planted.text for planted in PLANTED}
    workspace = MemoryWorkspace(root, {**files, "main.py": "def run():\n    return 1\n"}, [])
    for name in (*files, "main.py"):
        workspace.type(name, workspace.text(name) or "")
    task = EditTask("Mend it.", Place(workspace.uri("main.py")), "file", review="never")
    async with (
        ScriptedEndpoint(replace(Script.of(*replies), window=1_000_000)) as endpoint,
        provider_at(endpoint.address) as model,
    ):
        engine = engine_over(
            workspace,
            model,  # type: ignore[arg-type] - a real one
            Journal(tmp_path / "journal.db"),
            tmp_path,
        )
        for _ in replies:
            await engine.edit(task, Recorder(), Recorder())
        await engine.close()
        # What is sent to be counted leaves as well.
        return [json.dumps(one.body, ensure_ascii=False) for one in endpoint.chats], workspace


async def test_none_of_a_hundred_secrets_leaves_through_the_real_request(tmp_path: Path) -> None:
    reply = json.dumps({"summary": "Nothing.", "updated_files": []})
    bodies, _ = await sent(tmp_path, (reply, reply))
    assert len(PLANTED) == 100
    leaked = [p.kind for p in PLANTED if any(part in body for body in bodies for part in p.parts)]
    assert leaked == []
    first, second = (body for body in bodies if "messages" in json.loads(body))
    for body in (first, second):
        said = json.loads(body)["messages"][-1]["content"]
        assert all(f"FILE {planted.file}" in said for planted in PLANTED), "all of them are shown"
        assert said.count("HOMESPUN_SECRET_") >= 100
    assert first == second, "the same secrets have the same placeholders, or nothing is cached"


@pytest.mark.parametrize("number", range(len(PLANTED)))
def test_each_comes_back_as_it_was(number: int) -> None:
    planted = PLANTED[number]
    hidden, secrets = redact(planted.text)
    assert not any(part in hidden for part in planted.parts)
    assert restore(hidden, secrets) == planted.text
    assert findings(hidden) == ()


async def test_a_secret_in_a_reply_is_put_back(tmp_path: Path) -> None:
    planted = next(p for p in PLANTED if p.file.endswith("settings.py"))
    hidden, _ = redact(planted.text)
    change = {"action": "edit", "file": planted.file, "hunks": [
        {"find": hidden.splitlines()[2], "replace": f"{hidden.splitlines()[2]}  # moved"},
    ]}  # fmt: skip
    reply = json.dumps({"summary": "Notes it.", "updated_files": [change]})
    _, workspace = await sent(tmp_path, (reply,))
    line = planted.text.splitlines()[2]
    assert workspace.text(planted.file) == planted.text.replace(line, f"{line}  # moved")


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_code_is_not_touched(name: str) -> None:
    found = importlib.util.find_spec(name)
    assert found is not None
    assert found.origin is not None
    sources = sorted(Path(found.origin).parent.rglob("*.py"))
    assert len(sources) > 10
    for source in sources:
        assert findings(source.read_text(encoding="utf-8")) == (), source
