"""Refactors as editors have them: the list of files, progress, review, one edit, one undo."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.memory_index import MemoryIndex
from engine.test_refactor import FILES, RIGHT
from engine.world import ToldModel, engine_over
from homespun.engine.writer import Writer
from homespun.journal.store import Journal
from homespun.lsp.server import create
from lsp.editor import Editor, Failed, beside, capabilities

AFTER = {name: text.replace("fetch", "load") for name, text in FILES.items()}
SETTINGS = {"refactor": {"files_in_a_request": 1}, "edit_format": "hunks"}
OURS = "vscode_1.139.1_languageclient_11"


@asynccontextmanager
async def editor(
    folder: Path,
    model: ToldModel,
    client: str,
    own: object,
    settings: Mapping[str, Any] = SETTINGS,
) -> AsyncGenerator[Editor]:
    """An editor over the project, with one of its files open."""
    root = folder / "project"
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_text(text)
    journal = Journal(folder / "state" / "journal.db")
    server = create(
        lambda workspace: engine_over(
            workspace, model, journal, folder, dict(settings), None, MemoryIndex(root)
        ),
        Writer,
    )
    announced = capabilities(client)
    if own:
        announced = announced | {"experimental": {"homespun": own}}
    async with beside(server, announced, root) as made:
        made.open((root / "pkg/two.py").as_uri(), FILES["pkg/two.py"])
        yield made


def texts(folder: Path, made: Editor) -> dict[str, str]:
    root = folder / "project"
    opened = {uri: document["text"] for uri, document in made.documents.items()}
    return {name: opened.get((root / name).as_uri(), (root / name).read_text()) for name in FILES}


def page(made: Editor) -> str:
    """The document that was shown."""
    uri = made.messages("window/showDocument")[0]["uri"]
    return Path(uri.removeprefix("file://")).read_text()


async def test_our_clients_choose_see_the_files_review_and_undo(tmp_path: Path) -> None:
    surveys: list[Any] = []

    async def choose(survey: Any) -> Any:
        surveys.append(survey)
        return {"chosen": [file["uri"] for file in survey["files"] if file["chosen"]]}

    model = ToldModel(["no plan", *[RIGHT] * 3])
    async with editor(tmp_path, model, OURS, {"review": True, "survey": True}) as made:
        made.answers["homespun/survey"] = choose
        uri = (tmp_path / "project/pkg/two.py").as_uri()
        number = made.send("homespun/refactor", {
            "instruction": "Rename `fetch` to `load`.", "textDocument": {"uri": uri},
            "position": {"line": 0, "character": 24},
        })  # fmt: skip
        plans = await made.wait_for(
            lambda: [p for p in made.messages("homespun/plan") if p["state"] == "waiting"]
        )
        (survey,) = surveys
        assert [(f["path"], f["level"], f["chosen"]) for f in survey["files"]] == [
            ("pkg/base.py", 0, True), ("pkg/one.py", 1, True), ("pkg/two.py", 2, True),
        ]  # fmt: skip
        assert survey["cost"]["files"] == 3 and survey["cost"]["tokens"] > 100
        paths = [file["path"] for file in plans[-1]["files"]]
        assert paths == ["pkg/base.py", "pkg/one.py", "pkg/two.py"]
        assert texts(tmp_path, made) == FILES
        done = await made.request("homespun/finish", {"planId": survey["id"], "apply": True})
        assert done["status"] == "applied" and done["changeId"] == survey["id"]
        assert (await made.answer(number))["status"] == "applied"
        assert texts(tmp_path, made) == AFTER
        assert len(made.messages("workspace/applyEdit")) == 1
        notes = [n["files"] for n in made.messages("homespun/job") if n.get("files")]
        assert (notes[-1]["done"], notes[-1]["failed"], notes[-1]["waiting"]) == (3, 0, 0)
        assert {"uri": uri, "path": "pkg/two.py"} in [r for n in notes for r in n["running"]]
        assert notes[-1]["id"] == survey["id"] and notes[-1]["secondsLeft"] == 0.0
        assert await made.request("homespun/refactors", {}) == {"refactors": []}
        undone = await made.request("homespun/undo", {})
        assert undone["status"] == "applied"
        assert texts(tmp_path, made) == FILES


async def test_other_editors_are_asked_by_a_message(tmp_path: Path) -> None:
    asked: list[Any] = []

    async def answer(params: Any) -> Any:
        asked.append(params)
        titles = [action["title"] for action in params["actions"]]
        wanted = ["Show the list", titles[0], "Apply"][len(asked) - 1]
        return {"title": wanted}

    model = ToldModel(["no plan", *[RIGHT] * 3])
    async with editor(tmp_path, model, "neovim_0.11.4", None) as made:
        made.answers["window/showMessageRequest"] = answer
        done = await made.command(
            "homespun.refactor", {"instruction": "Rename `fetch` to `load`.", "wait": True}
        )
        assert done["status"] == "applied"
        assert [a["title"] for a in asked[0]["actions"]] == [
            "Refactor 3 files", "Show the list", "Cancel",
        ]  # fmt: skip
        assert "pkg/base.py, pkg/one.py, pkg/two.py" in asked[0]["message"]
        assert "| pkg/one.py | 2 |" in page(made)
        assert texts(tmp_path, made) == AFTER


async def test_a_no_a_dry_run_a_resume_and_a_drop(tmp_path: Path) -> None:
    answers = [None, {"chosen": None}, {"chosen": [3]}, {"nonsense": 1}]

    async def choose(survey: Any) -> Any:
        if answers:
            return answers.pop(0)
        return {"chosen": [file["uri"] for file in survey["files"]]}

    model = ToldModel([*["no plan"] * 5, *[RIGHT] * 3])
    async with editor(tmp_path, model, OURS, {"survey": True}) as made:
        made.answers["homespun/survey"] = choose
        params = {"instruction": "Rename `fetch` to `load`.", "review": "never"}
        for _ in range(4):
            assert (await made.request("homespun/refactor", params))["status"] == "rejected"
        dry = await made.request("homespun/refactor", {**params, "dryRun": True})
        assert dry["status"] == "rejected" and "+def load(url):" in dry["diff"]
        assert texts(tmp_path, made) == FILES
        (left,) = (await made.request("homespun/refactors", {}))["refactors"]
        assert (left["id"], left["files"], left["done"]) == (dry["changeId"], 3, 3)
        done = await made.request("homespun/refactor", {"resume": left["id"], "review": "never"})
        assert done["status"] == "applied" and texts(tmp_path, made) == AFTER
        dropped = await made.request("homespun/dropRefactor", {"id": left["id"]})
        assert dropped == {"dropped": False}
        with pytest.raises(Failed, match="No refactor"):
            await made.request("homespun/cancelFile", {"id": "none", "file": "a.py"})
        with pytest.raises(Failed, match="could be resumed"):
            await made.request("homespun/refactor", {"resume": "none"})


async def test_a_client_without_a_list_of_its_own_is_asked_by_a_message(tmp_path: Path) -> None:
    async def answer(params: Any) -> Any:
        return {"title": "Cancel"}

    model = ToldModel(["no plan"])
    async with editor(tmp_path, model, OURS, True) as made:
        made.answers["window/showMessageRequest"] = answer
        params = {"instruction": "Rename `fetch` to `load`."}
        assert (await made.request("homespun/refactor", params))["status"] == "rejected"
        assert len(made.messages("window/showMessageRequest")) == 1


async def test_the_code_action_knows_the_symbol(tmp_path: Path) -> None:
    async with editor(tmp_path, ToldModel([]), OURS, True) as made:
        uri = (tmp_path / "project/pkg/two.py").as_uri()
        place = {"line": 4, "character": 8}
        actions = await made.request("textDocument/codeAction", {
            "textDocument": {"uri": uri}, "range": {"start": place, "end": place},
            "context": {"diagnostics": [], "only": ["refactor.rewrite.homespun.workspace"]},
        })  # fmt: skip
        (action,) = actions
        assert action["kind"] == "refactor.rewrite.homespun.workspace"
        (arguments,) = action["command"]["arguments"]
        assert arguments == {"textDocument": {"uri": uri, "version": 1}, "position": place}


async def test_a_check_never_looks_at_files_that_are_not_saved(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    check = [sys.executable, "-c", f"open({str(ran)!r}, 'w')"]
    settings = SETTINGS | {"refactor": {"files_in_a_request": 1, "check": [check]}}
    model = ToldModel(["no plan", *[RIGHT] * 3])
    async with editor(tmp_path, model, OURS, {"survey": True}, settings) as made:

        async def choose(survey: Any) -> Any:
            return {"chosen": [file["uri"] for file in survey["files"]]}

        made.answers["homespun/survey"] = choose
        asked = {"instruction": "Rename `fetch` to `load`.", "review": "never"}
        done = await made.request("homespun/refactor", asked)
        assert done["status"] == "applied" and done["unsaved"]
        assert done["reasons"] == [
            "Your checks were not run, since files of the change are not saved yet."
        ]
    assert not ran.exists()
