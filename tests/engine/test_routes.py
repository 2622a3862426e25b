"""Of a route, an outcome names who really answered."""

import json
from pathlib import Path

from engine.world import world
from homespun.core.text import Span
from homespun.engine.ports import EditTask, Place
from homespun.providers.base import AnsweredBy

REPLY = json.dumps({"summary": "Mended.", "text": "b = 1\n"})
FAR = AnsweredBy("far", "large", local=False)


async def test_an_edit_tells_who_answered(tmp_path: Path):
    w = world(tmp_path, {"a.py": "a = 1\n"}, REPLY)
    w.model.during = lambda: setattr(w.model, "identity", FAR)
    place = Place(w.workspace.uri("a.py"), Span(0, 5))
    outcome = await w.engine.edit(EditTask("Mend.", place, "selection"), w.recorder, w.recorder)
    assert (outcome.provider, outcome.model, outcome.local) == ("far", "large", False)


async def test_an_explanation_tells_who_answered(tmp_path: Path):
    w = world(tmp_path, {"a.py": "a = 1\n"}, "It sets a.")
    w.model.during = lambda: setattr(w.model, "identity", FAR)
    explanation = await w.engine.explain(
        Place(w.workspace.uri("a.py")), "?", w.recorder, w.recorder
    )
    assert (explanation.provider, explanation.model, explanation.local) == ("far", "large", False)
