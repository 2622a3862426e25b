"""Review as editors have it: held by the server for those that show it, else by a message."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from engine.test_edit import ADD, hunk, updates
from engine.world import ToldModel, Turn, engine_over
from homespun.engine.writer import Writer
from homespun.journal.store import Journal
from homespun.lsp.server import create
from homespun.providers.scripted import Script, ScriptedEndpoint
from lsp.editor import Editor, Failed, beside, capabilities, running

BOTH = updates(
    {"action": "edit", "file": "a.py", "hunks": [
        {"find": "return a - b", "replace": "return a + b"},
        {"find": "return add(a, a)", "replace": "return 2 * a"},
    ]},
    {"action": "create", "file": "new.py", "text": "z = 1\n"},
    summary="Adds.",
)  # fmt: skip
AFTER = ADD.replace("a - b", "a + b").replace("add(a, a)", "2 * a")


@dataclass
class Desk:
    """A project, a model that is told what to say, and a journal that outlives editors."""

    folder: Path
    model: ToldModel
    settings: dict[str, object] = field(default_factory=lambda: {"review": "always"})

    @property
    def root(self) -> Path:
        return self.folder / "project"

    @property
    def uri(self) -> str:
        return (self.root / "a.py").as_uri()

    @asynccontextmanager
    async def editor(
        self, own: object = True, client: str = "vscode_1.139.1_languageclient_11"
    ) -> AsyncGenerator[Editor]:
        """An editor that has `a.py` open; `own` is what it announces of us."""
        journal = Journal(self.folder / "state" / "journal.db")
        server = create(
            lambda workspace, _: engine_over(
                workspace, self.model, journal, self.folder, self.settings
            ),
            Writer,
        )
        announced = capabilities(client) | {"experimental": {"homespun": own}}
        async with beside(server, announced, self.root) as editor:
            editor.open(self.uri, (self.root / "a.py").read_text())
            yield editor


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    def made(*turns: Turn) -> Desk:
        made = Desk(tmp_path, ToldModel(list(turns)))
        made.root.mkdir()
        (made.root / "a.py").write_text(ADD)
        return made

    return made


def asked(desk: Desk, **more: object) -> dict[str, Any]:
    document = {"textDocument": {"uri": desk.uri}}
    return {**document, "instruction": "Mend it.", "scope": "workspace", **more}


async def waiting(editor: Editor) -> dict[str, Any]:
    """The plan once it waits."""
    found = await editor.wait_for(
        lambda: [p for p in editor.messages("homespun/plan") if p["state"] == "waiting"]
    )
    return found[-1]


async def refused(editor: Editor, method: str, params: dict[str, Any]) -> dict[str, Any]:
    with pytest.raises(Failed) as failed:
        await editor.request(method, params)
    return failed.value.data


async def test_a_plan_is_held_decided_on_and_finished(desk: Callable[..., Desk]) -> None:
    d = desk(BOTH)
    async with d.editor() as editor:
        number = editor.send("homespun/edit", asked(d))
        plan = await waiting(editor)
        assert (plan["title"], plan["summary"], plan["reasons"]) == ("Edit", "Adds.", [])
        new, edited = plan["files"]
        assert (new["path"], new["action"], new["risks"][0]) == ("new.py", "create", "a new file")
        assert (edited["version"], edited["added"], edited["removed"]) == (1, 2, 2)
        first, second = edited["hunks"]
        assert first == {
            "index": 0, "start": 1, "end": 2, "before": "    return a - b\n",
            "after": "    return a + b\n", "accepted": True, "refusal": "",
        }  # fmt: skip
        assert (second["start"], second["end"]) == (5, 6)
        held = {"planId": plan["planId"]}
        told = await editor.request(
            "homespun/decide", held | {"file": d.uri, "hunk": 0, "accept": False}
        )
        assert [h["accepted"] for h in told["files"][1]["hunks"]] == [False, True]
        assert (told["files"][1]["added"], told["state"]) == (1, "waiting")
        text = ADD.replace("add(a, a)", "2 * a")
        proposed = await editor.request("homespun/proposed", held | {"file": "a.py"})
        assert proposed == {"text": text}
        result = await editor.request("homespun/finish", held | {"apply": True})
        assert result == await editor.answer(number)
        assert (result["status"], result["unsaved"]) == ("partly", [d.uri])
        assert editor.text(d.uri) == text
        assert (d.root / "new.py").read_text() == "z = 1\n"
        assert editor.messages("homespun/plan")[-1]["state"] == "closed"
        assert editor.messages("window/showMessageRequest") == []


async def test_a_plan_is_dropped(desk: Callable[..., Desk]) -> None:
    d = desk(BOTH)
    async with d.editor({"review": True}) as editor:
        number = editor.send("homespun/edit", asked(d))
        plan = await waiting(editor)
        await editor.command("homespun.finish", {"planId": plan["planId"], "apply": False})
        assert (await editor.answer(number))["status"] == "rejected"
        assert editor.text(d.uri) == ADD
        assert await editor.request("homespun/plans", None) == {"plans": []}


async def test_a_plan_waits_for_the_next_editor(desk: Callable[..., Desk]) -> None:
    d = desk(BOTH)
    async with d.editor() as editor:
        editor.send("homespun/edit", asked(d))
        plan = await waiting(editor)
        held = {"planId": plan["planId"]}
        await editor.request("homespun/decide", held | {"file": "new.py", "accept": False})
    (d.root / "a.py").write_text("import os\n\n" + ADD)
    async with d.editor() as editor:
        again = await waiting(editor)
        assert again["planId"] == plan["planId"]
        assert [file["accepted"] for file in again["files"]] == [False, True]
        assert [h["start"] for h in again["files"][1]["hunks"]] == [3, 7]
        assert (await editor.request("homespun/plans", {}))["plans"] == [again]
        result = await editor.request("homespun/finish", held | {"apply": True})
        assert (result["status"], result["answeredBy"]["model"]) == ("partly", "model")
        assert editor.text(d.uri) == "import os\n\n" + AFTER
        assert editor.messages("homespun/plan")[-1] == plan | {
            "state": "closed", "title": "", "summary": "", "files": [],
        }  # fmt: skip


async def test_what_no_longer_fits_is_told_and_looked_at_again(desk: Callable[..., Desk]) -> None:
    d = desk(BOTH)
    async with d.editor() as editor:
        editor.send("homespun/edit", asked(d))
        held = {"planId": (await waiting(editor))["planId"]}
        place = {"line": 1, "character": 11}
        editor.change(d.uri, [{"range": {"start": place, "end": place}, "text": "1 + "}])
        assert (await refused(editor, "homespun/finish", held | {"apply": True}))["code"] == "stale"
        told = editor.messages("homespun/plan")[-1]
        assert told["reasons"] == ["a.py: the text has changed meanwhile around line 2"]
        assert [bool(h["refusal"]) for h in told["files"][1]["hunks"]] == [True, False]
        again = held | {"file": "a.py", "hunk": 0, "accept": True}
        assert (await refused(editor, "homespun/decide", again))["code"] == "stale"
        result = await editor.request("homespun/finish", held | {"apply": True})
        assert (result["status"], result["reasons"]) == ("partly", told["reasons"])
        assert editor.text(d.uri) == ADD.replace("a - b", "1 + a - b").replace("add(a, a)", "2 * a")


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("homespun/decide", {"planId": "none", "accept": True}, "stale"),
        ("homespun/proposed", {"planId": "none", "file": "a.py"}, "stale"),
        ("homespun/finish", {"planId": "none", "apply": True}, "stale"),
        ("homespun/decide", {"accept": True, "file": "b.py"}, "bad_input"),
        ("homespun/decide", {"accept": True, "file": "a.py", "hunk": 7}, "bad_input"),
        ("homespun/decide", {"accept": True, "hunk": 0}, "bad_input"),
    ],
)
async def test_a_decision_on_what_is_not_there_is_a_mild_error(
    desk: Callable[..., Desk], method: str, params: dict[str, Any], code: str
) -> None:
    d = desk(BOTH)
    async with d.editor() as editor:
        editor.send("homespun/edit", asked(d))
        plan = await waiting(editor)
        data = await refused(editor, method, {"planId": plan["planId"], **params})
        assert data["code"] == code
        assert data["hint"]


async def test_a_plan_grows_while_the_reply_streams_and_is_told_in_moderation(
    desk: Callable[..., Desk],
) -> None:
    made = [
        {"action": "create", "file": f"n{number}.py", "text": f"n = {number}\n"}
        for number in range(40)
    ]
    d = desk(updates(*made))
    async with d.editor() as editor:
        begun = asyncio.get_running_loop().time()
        editor.send("homespun/edit", asked(d))
        plan = await waiting(editor)
        taken = asyncio.get_running_loop().time() - begun
        assert len(plan["files"]) == 40
        grown = [p for p in editor.messages("homespun/plan") if p["state"] == "growing"]
        assert grown
        assert len(grown) <= taken / 0.025 + 2
        sizes = [len(p["files"]) for p in grown]
        assert sizes == sorted(sizes)


async def test_a_plan_that_came_to_nothing_is_taken_away(desk: Callable[..., Desk]) -> None:
    cut = BOTH[:-20]
    d = desk(cut, cut)
    async with d.editor() as editor:
        await refused(editor, "homespun/edit", asked(d))
        states = [plan["state"] for plan in editor.messages("homespun/plan")]
        assert states[0] == "growing"
        assert states[-1] == "closed"
        assert editor.text(d.uri) == ADD


async def test_plans_that_wait_keep_no_job_from_running(desk: Callable[..., Desk]) -> None:
    d = desk(*[BOTH] * 8)
    async with d.editor() as editor:
        for count in range(1, 9):
            await editor.command("homespun.edit", asked(d))
            await editor.wait_for(
                lambda count=count: len(
                    {p["planId"] for p in editor.messages("homespun/plan")
                     if p["state"] == "waiting"}
                ) == count
            )  # fmt: skip
        assert len((await editor.request("homespun/plans", {}))["plans"]) == 8


async def test_a_file_that_the_editor_renamed_is_followed(desk: Callable[..., Desk]) -> None:
    d = desk(BOTH)
    async with d.editor() as editor:
        number = editor.send("homespun/edit", asked(d))
        held = {"planId": (await waiting(editor))["planId"]}
        (d.root / "sub").mkdir()
        (d.root / "a.py").rename(d.root / "sub" / "b.py")
        new = (d.root / "sub" / "b.py").as_uri()
        editor.notify("textDocument/didClose", {"textDocument": {"uri": d.uri}})
        editor.open(new, ADD)
        renames = {"files": [{"oldUri": d.uri, "newUri": new}]}
        editor.notify("workspace/didRenameFiles", renames)
        plans = (await editor.request("homespun/plans", {}))["plans"]
        assert plans[0]["files"][1]["path"] == "sub/b.py"
        await editor.request("homespun/finish", held | {"apply": True})
        assert (await editor.answer(number))["status"] == "applied"
        assert editor.text(new) == AFTER


@pytest.mark.parametrize(("answer", "after"), [("Apply", AFTER), ("Discard", ADD), (None, ADD)])
async def test_other_editors_are_asked_and_shown_the_diff(
    desk: Callable[..., Desk], answer: str | None, after: str
) -> None:
    d = desk(BOTH)
    wanted = iter(["Show the diff", answer])
    pages: list[str] = []

    async def choose(_: Any) -> Any:
        title = next(wanted)
        return None if title is None else {"title": title}

    async def show(params: Any) -> Any:
        page = Path(params["uri"].removeprefix("file://"))
        pages.append(await asyncio.to_thread(page.read_text))
        return {"success": True}

    async with d.editor(own=None) as editor:
        editor.answers["window/showMessageRequest"] = choose
        editor.answers["window/showDocument"] = show
        await editor.request("homespun/edit", asked(d))
        assert editor.text(d.uri) == after
        assert editor.messages("homespun/plan") == []
    (page,) = pages
    assert page.startswith("# Edit. Adds.\n# Look at this: changes 2 files\n")
    assert "new file mode 100644\n" in page
    assert "-    return a - b\n+    return a + b\n" in page


async def test_the_files_of_a_change_are_saved_where_the_user_says_so(
    desk: Callable[..., Desk],
) -> None:
    d = desk(updates(hunk("a.py", "a - b", "a + b"), hunk("b.py", "1", "2")))
    d.settings = {"review": "never"}
    (d.root / "b.py").write_text("x = 1\n")
    other = (d.root / "b.py").as_uri()

    async def agree(params: Any) -> Any:
        assert "2 files" in params["message"]
        return params["actions"][0]

    async def save(params: Any) -> Any:
        assert sorted(params["uris"]) == [d.uri, other]
        return {}

    async with d.editor() as editor:
        editor.open(other, "x = 1\n")
        editor.answers |= {"window/showMessageRequest": agree, "homespun/save": save}
        await editor.command("homespun.edit", asked(d))
        await editor.shown("homespun/save")
        assert editor.text(other) == "x = 2\n"


async def test_an_undo_that_cannot_be_shows_what_is_in_the_way(desk: Callable[..., Desk]) -> None:
    d = desk(BOTH)
    d.settings = {"review": "never"}
    async with d.editor(own=None) as editor:
        change = await editor.request("homespun/edit", asked(d))
        place = {"line": 1, "character": 11}
        editor.change(d.uri, [{"range": {"start": place, "end": place}, "text": "1 + "}])
        await editor.command("homespun.undo")
        page = await editor.shown("window/showDocument")
        assert page["uri"].endswith("in-the-way.diff")
        result = await editor.request("homespun/undo", {})
        assert result["status"] == "rejected"
        assert "+    return 1 + a + b\n" in result["obstacle"]
        (kept,) = (await editor.request("homespun/history", {}))["entries"]
        one = await editor.request("homespun/history", {"changeId": change["changeId"]})
        assert (one["entries"], "+    return a + b\n" in one["diff"]) == ([kept], True)
        assert "+++ b/new.py\n" in one["diff"]


async def test_a_plan_outlives_a_server_that_is_killed(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    d = desk()
    announced = capabilities("neovim_0.12.4") | {"experimental": {"homespun": True}}
    command = (sys.executable, "-m", "homespun", "lsp")
    async with ScriptedEndpoint(Script.of(BOTH)) as endpoint:
        own = {
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "XDG_CACHE_HOME": str(tmp_path / "cache"),
            "HOMESPUN_MODEL": "llamacpp/tiny",
            "LLAMACPP_BASE_URL": endpoint.base_url,
        }
        async with running(announced, command, **own) as first:
            await first.editor.initialize(d.root)
            first.editor.open(d.uri, ADD)
            first.editor.send("homespun/edit", asked(d))
            plan = await waiting(first.editor)
            held = {"planId": plan["planId"]}
            left = held | {"file": "new.py", "accept": False}
            await first.editor.request("homespun/decide", left)
            first.process.kill()
            await first.process.wait()
        async with running(announced, command, **own) as second:
            await second.editor.initialize(d.root)
            second.editor.open(d.uri, ADD)
            again = await waiting(second.editor)
            assert [file["accepted"] for file in again["files"]] == [False, True]
            result = await second.editor.request("homespun/finish", held | {"apply": True})
            assert result["status"] == "partly"
            assert second.editor.text(d.uri) == AFTER
            assert await second.stop() == 0
