"""A format that keeps failing with a model gives way to the next one."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.test_edit import ADD, edit, hunk, task, updates
from engine.world import ToldModel, world

GOOD = updates(hunk("a.py", "a - b", "a + b"))
WRONG = updates(hunk("a.py", "nowhere", "x"))


def asked_for(model: ToldModel) -> list[str]:
    """The formats of the first questions, by the schema that came with them."""
    schemas = [request.schema for request in model.requests if len(request.messages) == 2]
    return ["hunks" if '"find"' in repr(s).replace("'", '"') else "whole" for s in schemas]


@pytest.mark.parametrize("setting", ["auto", "whole"])
async def test_what_mostly_fails_is_asked_for_no_more(tmp_path: Path, setting: str) -> None:
    turns = (WRONG, GOOD) * 4 + (GOOD, GOOD)
    w = world(tmp_path, {"a.py": ADD}, *turns, settings={"edit_format": setting})
    for _ in range(5):
        w.workspace.type("a.py", ADD)
        assert (await edit(w, task(w, "a.py"))).status == "applied"
    last = "hunks" if setting == "auto" else "whole"
    assert asked_for(w.model) == ["whole"] * 4 + [last]
