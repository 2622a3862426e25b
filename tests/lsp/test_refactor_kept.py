"""What an editor is told and offered of a refactor that was left, or whose change waits."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.test_refactor import RIGHT
from engine.world import ToldModel
from lsp.editor import Failed
from lsp.test_refactor import AFTER, OURS, WANTED, Asked, editor, texts


async def test_a_cancel_as_the_change_is_reviewed_leaves_that_alone(tmp_path: Path) -> None:
    """It waits as any change does; nothing else is offered, by which it could be made twice."""
    model = ToldModel(["no plan", *[RIGHT] * 3])
    async with editor(tmp_path, model, OURS, {"review": True}) as made:
        asked = Asked(["Refactor 3 files"])
        made.answers["window/showMessageRequest"] = asked
        number = made.send("homespun/refactor", {**WANTED, "review": "always"})
        plans = await made.wait_for(
            lambda: [p for p in made.messages("homespun/plan") if p["state"] == "waiting"]
        )
        made.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Failed):
            await made.answer(number)
        await made.wait_for(lambda: "still waits" in str(made.messages("window/showMessage")))
        assert len(asked.questions) == 1
        assert await made.request("homespun/refactors", {}) == {"refactors": []}
        done = await made.request("homespun/finish", {"planId": plans[-1]["planId"], "apply": True})
        assert done["status"] == "applied" and texts(tmp_path, made) == AFTER
        await made.request("homespun/undo", {})
        assert await made.request("homespun/refactors", {}) == {"refactors": []}
