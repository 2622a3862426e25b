"""What would be sent is what is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.test_edit import ADD, edit, region, task
from engine.world import World, world
from homespun.core.prompt import Message
from homespun.engine.preview import Preview
from homespun.errors import ContextOverflow

TOKEN = "ghp_" + "a1B2" * 9


async def preview(w: World, name: str, **more: object) -> Preview:
    return await w.engine.context(task(w, name, **more), w.recorder)  # type: ignore[arg-type]


async def test_the_preview_is_the_request_and_sends_nothing(tmp_path: Path) -> None:
    files = {"a.py": ADD, "b.py": "import a\n"}
    w = world(tmp_path, files, region("    return a + b\n"))
    told = await preview(w, "a.py", at="return a - b", scope="selection")
    assert w.model.requests == []
    await edit(w, task(w, "a.py", at="return a - b", scope="selection"))
    (sent,) = w.model.requests
    assert told.messages == sent.messages
    assert told.budget.answer == sent.max_tokens
    assert (told.to.provider, told.to.model, told.address) == ("told", "model", w.model.address)
    assert told.window.tokens == 32_768
    assert {item.path: item.reason for item in told.items}["a.py"] == "what the task is about"
    assert told.shape == "region"


async def test_withheld_files_and_secrets_are_told_without_the_secret(tmp_path: Path) -> None:
    files = {"a.py": f"KEY = '{TOKEN}'\n", ".env": "X=1\n"}
    w = world(tmp_path, files)
    told = await preview(w, "a.py")
    assert ".env" in {left.path for left in told.left_out}
    (redaction,) = told.redactions
    assert (redaction.kind, redaction.paths) == ("GitHub token", ("a.py",))
    said = "".join(m.content for m in told.messages if isinstance(m, Message))
    assert redaction.placeholder in said
    assert TOKEN not in said + repr(told.redactions)


async def test_what_does_not_fit_fails_as_the_edit_would(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": "x = 1\n" * 5000})
    w.model.size = 2048
    with pytest.raises(ContextOverflow):
        await preview(w, "a.py")


async def test_an_instruction_may_be_missing(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": ADD})
    told = await w.engine.context(replace(task(w, "a.py"), instruction=""), w.recorder)
    assert "a.py" in told.messages[-1].content
