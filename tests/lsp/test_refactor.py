"""Refactors as editors have them: the list of files, progress, review, one edit, one undo."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engine.memory_index import MemoryIndex
from engine.test_refactor import FILES, RIGHT, part
from engine.world import ToldModel, engine_over
from homespun.engine.writer import Writer
from homespun.journal.store import Journal
from homespun.lsp.server import create
from homespun.providers.base import Chunk, Request
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
        lambda workspace, _: engine_over(
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


@dataclass
class Asked:
    """Answers the questions of an editor, and remembers them."""

    answers: list[str]
    questions: list[Any] = field(default_factory=list[Any])

    async def __call__(self, params: Any) -> Any:
        self.questions.append(params)
        return {"title": self.answers.pop(0)}


WANTED = {"instruction": "Rename `fetch` to `load`.", "review": "never"}


async def stopped(made: Editor, model: ToldModel) -> None:
    """Begin a refactor, and cancel it as the model answers for the second file."""
    reached = asyncio.Event()
    model.during = lambda: reached.set() if len(model.requests) == 3 else None
    number = made.send("homespun/refactor", WANTED)
    await asyncio.wait_for(reached.wait(), 60)
    made.notify("$/cancelRequest", {"id": number})
    with pytest.raises(Failed):
        await made.answer(number)


async def test_after_a_cancel_the_user_sees_what_is_done_and_goes_on(tmp_path: Path) -> None:
    model = ToldModel(["no plan", *[RIGHT] * 4])
    async with editor(tmp_path, model, "neovim_0.11.4", None) as made:
        asked = Asked(["Refactor 3 files", "Show what is done", "Go on"])
        made.answers["window/showMessageRequest"] = asked
        await stopped(made, model)
        await made.wait_for(lambda: texts(tmp_path, made) == AFTER)
        told = asked.questions[1]
        assert "nothing was changed: 1 of 3 files done, and kept." in told["message"]
        titles = [action["title"] for action in told["actions"]]
        assert titles == ["Go on", "Show what is done", "Forget it"]
        assert "+def load(url):" in page(made) and "pkg/one.py" not in page(made)
        async with asyncio.timeout(60):
            while (await made.request("homespun/refactors", {}))["refactors"]:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


async def test_what_a_resume_leaves_out_stays_out_as_the_user_looks_and_goes_on(
    tmp_path: Path,
) -> None:
    model = ToldModel(["no plan", *[RIGHT] * 3])
    async with editor(tmp_path, model, "neovim_0.11.4", None) as made:
        answers = ["Refactor 3 files", "Discard", "Show what is done", "Go on", "Apply"]
        made.answers["window/showMessageRequest"] = Asked(answers)
        dry = await made.request("homespun/refactor", {**WANTED, "dryRun": True})
        resumed = {"resume": dry["changeId"], "exclude": ["pkg/two.py"], "review": "always"}
        said_no = await made.request("homespun/refactor", resumed)
        assert (said_no["status"], said_no["kept"]) == ("rejected", True)
        wanted = {**AFTER, "pkg/two.py": FILES["pkg/two.py"]}
        await made.wait_for(lambda: texts(tmp_path, made) == wanted)
        assert "b/pkg/one.py" in page(made) and "b/pkg/two.py" not in page(made)
        assert answers == []


async def test_after_a_cancel_the_user_forgets_it(tmp_path: Path) -> None:
    model = ToldModel(["no plan", *[RIGHT] * 2])
    async with editor(tmp_path, model, "neovim_0.11.4", None) as made:
        made.answers["window/showMessageRequest"] = Asked(["Refactor 3 files", "Forget it"])
        await stopped(made, model)
        await made.wait_for(lambda: "forgotten" in str(made.messages("window/showMessage")))
        assert await made.request("homespun/refactors", {}) == {"refactors": []}
        assert texts(tmp_path, made) == FILES


async def test_a_client_that_lists_them_is_only_told(tmp_path: Path) -> None:
    model = ToldModel(["no plan", *[RIGHT] * 2])
    own = {"survey": True, "refactors": True}
    async with editor(tmp_path, model, OURS, own) as made:

        async def choose(survey: Any) -> Any:
            return {"chosen": [file["uri"] for file in survey["files"]]}

        made.answers["homespun/survey"] = choose
        await stopped(made, model)
        await made.wait_for(lambda: "kept" in str(made.messages("window/showMessage")))
        assert made.messages("window/showMessageRequest") == []


async def test_a_no_at_the_last_question_can_be_thought_over(tmp_path: Path) -> None:
    model = ToldModel(["no plan", *[RIGHT] * 3])
    async with editor(tmp_path, model, "neovim_0.11.4", None) as made:
        made.answers["window/showMessageRequest"] = Asked(
            ["Refactor 3 files", "Discard", "Go on", "Apply"]
        )
        params = {**WANTED, "review": "always"}
        said_no = await made.request("homespun/refactor", params)
        assert (said_no["status"], said_no["kept"]) == ("rejected", True)
        await made.wait_for(lambda: texts(tmp_path, made) == AFTER)
        assert len(model.requests) == 4


async def test_one_file_is_left_out_while_the_others_are_worked_on(tmp_path: Path) -> None:
    """The model waits in its answer for that file; the others go on."""
    waiting = asyncio.Event()

    class Waiting(ToldModel):
        async def stream(self, request: Request) -> AsyncGenerator[Chunk, None]:
            if part(request) == ["pkg/one.py"] and not waiting.is_set():
                self.requests.append(request)
                self.turns.pop(0)
                waiting.set()
                await asyncio.Event().wait()
            async for chunk in super().stream(request):
                yield chunk

    model = Waiting(["no plan", *[RIGHT] * 4])
    async with editor(tmp_path, model, "neovim_0.11.4", None) as made:
        made.answers["window/showMessageRequest"] = Asked(["Refactor 3 files"])
        number = made.send("homespun/refactor", WANTED)
        await asyncio.wait_for(waiting.wait(), 20)
        (left,) = (await made.request("homespun/refactors", {}))["refactors"]
        assert (left["running"], left["done"]) == (True, 1)
        for cancelled in (True, False):
            asked = {"id": left["id"], "file": "pkg/one.py"}
            answer = await made.request("homespun/cancelFile", asked)
            assert answer == {"cancelled": cancelled}
        done = await made.answer(number)
    assert done["status"] == "partly"
    assert "pkg/one.py: you left it out while the others were worked on" in done["reasons"]
    assert [finding.partition(":")[0] for finding in done["left"]] == ["pkg/one.py"] * 2
    assert made.documents  # the editor had one of the files open
    after = texts(tmp_path, made)
    assert after == {**AFTER, "pkg/one.py": FILES["pkg/one.py"]}


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
