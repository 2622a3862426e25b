"""Edits as each real client takes them: once per set of announced capabilities."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from homespun.lsp.server import Server
from lsp.editor import Editor, beside, capabilities

CLIENTS = [
    "vscode_1.139.1_languageclient_11",
    "neovim_0.11.4",
    "neovim_0.12.4",
    "emacs_30.1_eglot_1.17",
    "helix_25.07",
    "vim_9.0_ale_3.3",
]
ENCODINGS = {"vscode": "utf-16", "emacs": "utf-32", "vim": "utf-16"}
TEXT = "greet = '😀é'; name = 'ü'\r\nsecond line\r\n"


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
async def editor(server: Server, client: str, tmp_path: Path) -> AsyncGenerator[Editor]:
    async with beside(server, capabilities(client), tmp_path) as made:
        yield made


def whole(uri: str, instruction: str) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "instruction": instruction}


def select(editor: Editor, uri: str, start: int, end: int) -> dict[str, Any]:
    """Characters `start` to `end` of the first line as the client would send them."""
    unit = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}[editor.encoding]
    size = {"utf-8": 1, "utf-16": 2, "utf-32": 4}[editor.encoding]
    line = editor.text(uri).split("\n")[0]
    units = [len(line[:offset].encode(unit)) // size for offset in (start, end)]
    return {
        "start": {"line": 0, "character": units[0]},
        "end": {"line": 0, "character": units[1]},
    }


async def test_a_selection_behind_astral_characters_is_edited_to_the_letter(
    editor: Editor, client: str, tmp_path: Path
) -> None:
    assert editor.encoding == ENCODINGS.get(client.split("_")[0], "utf-8")
    uri = editor.open((tmp_path / "a.py").as_uri(), TEXT)
    start = TEXT.index("name")
    place = {"range": select(editor, uri, start, start + 4)}
    result = await editor.request("homespun/edit", whole(uri, "upper") | place)
    assert result["status"] == "applied", result
    assert editor.text(uri) == TEXT.replace("name", "NAME")
    assert result["files"] == [{"uri": uri, "action": "edit", "added": 1, "removed": 1}]
    assert result["answeredBy"] == {"provider": "scripted", "model": "tiny", "local": True}
    told = {"promptTokens": 100, "completionTokens": 12, "seconds": 0.5}
    assert result["usage"].items() >= told.items()
    sent = editor.messages("workspace/applyEdit")[0]["edit"]
    versioned = not client.startswith("vim")
    assert ("documentChanges" in sent) == versioned
    await editor.request("homespun/undo", {})
    assert editor.text(uri) == TEXT


async def test_a_command_answers_at_once_and_the_edit_follows(
    editor: Editor, tmp_path: Path
) -> None:
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    started = await editor.command("homespun.edit", whole(uri, "upper"))
    assert set(started) == {"job"}
    await editor.wait_for(lambda: editor.text(uri) == "ABC\n")
    if editor.announced.get("window", {}).get("workDoneProgress"):
        ends = await editor.wait_for(lambda: progress(editor, "end"))
        assert ends[0]["message"] == (
            "Changed 1 file, +1 -1 · scripted/tiny (local), 12 tokens, 0.5 s in all"
        )
    else:
        assert "Changed 1 file" in (await editor.shown())["message"]


async def test_a_command_that_waits_answers_as_the_request(editor: Editor, tmp_path: Path) -> None:
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    result = await editor.command("homespun.edit", whole(uri, "upper") | {"wait": True})
    assert result["status"] == "applied" and editor.text(uri) == "ABC\n"


async def test_an_edit_that_is_refused_is_told(editor: Editor, tmp_path: Path) -> None:
    async def refuse(_: Any) -> Any:
        return {"applied": False, "failureReason": "read-only"}

    editor.answers["workspace/applyEdit"] = refuse
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    result = await editor.request("homespun/edit", whole(uri, "upper"))
    assert (result["status"], result["reasons"]) == ("rejected", ["refused: read-only"])


async def test_an_editor_without_apply_edit_is_believed(editor: Editor, tmp_path: Path) -> None:
    del editor.answers["workspace/applyEdit"]
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    result = await editor.request("homespun/edit", whole(uri, "upper"))
    assert result["status"] == "rejected"
    assert "no workspace/applyEdit" in result["reasons"][0]


async def test_an_edit_that_is_not_made_is_noticed(editor: Editor, tmp_path: Path) -> None:
    async def lie(_: Any) -> Any:
        return {"applied": True}

    editor.answers["workspace/applyEdit"] = lie
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    result = await editor.request("homespun/edit", whole(uri, "upper"))
    assert result["reasons"] == ["said applied, and did not"]


async def test_an_editor_that_reports_late_is_waited_for(editor: Editor, tmp_path: Path) -> None:
    async def slow(params: Any) -> Any:
        asyncio.get_running_loop().call_later(
            0.3, lambda: asyncio.ensure_future(editor.apply_edit(params))
        )
        return {"applied": True}

    editor.answers["workspace/applyEdit"] = slow
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    result = await editor.request("homespun/edit", whole(uri, "upper"))
    assert result["status"] == "applied"


async def test_what_is_typed_meanwhile_is_never_overwritten(editor: Editor, tmp_path: Path) -> None:
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    number = editor.send("homespun/edit", whole(uri, "stale"))
    start = {"line": 0, "character": 0}
    await asyncio.sleep(0.2)
    editor.change(uri, [{"range": {"start": start, "end": start}, "text": "typed "}])
    result = await editor.answer(number)
    assert result["reasons"] == [f"{uri} has changed meanwhile"]
    assert editor.messages("workspace/applyEdit") == []
    assert editor.text(uri) == "typed abc\n"


async def test_files_come_go_and_are_renamed(editor: Editor, tmp_path: Path) -> None:
    for name in ("old.txt", "gone.txt"):
        (tmp_path / name).write_text(name)
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    result = await editor.request("homespun/edit", whole(uri, "files made.txt"))
    assert result["status"] == "applied", result
    found = texts(tmp_path)
    assert found == {"made.txt": "made\n", "new.txt": "old.txt"}
    by_editor = bool(editor.messages("workspace/applyEdit"))
    announced = editor.announced["workspace"].get("workspaceEdit", {})
    assert by_editor == ("resourceOperations" in announced)
    if by_editor:
        create = editor.messages("workspace/applyEdit")[0]["edit"]["documentChanges"][0]
        assert create["options"] == {"ignoreIfExists": True}


async def test_nothing_is_created_over_what_is_there(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("mine")
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    result = await editor.request("homespun/edit", whole(uri, "files there.txt"))
    assert result["status"] == "rejected" and "already something" in result["reasons"][0]
    assert (tmp_path / "there.txt").read_text() == "mine"


async def test_a_job_is_cancelled_by_its_progress(editor: Editor, tmp_path: Path) -> None:
    uri = editor.open((tmp_path / "a.py").as_uri(), "abc\n")
    more = {"workDoneToken": "mine"}
    number = editor.send("homespun/edit", whole(uri, "slow") | more)
    await editor.wait_for(lambda: progress(editor, "report"))
    editor.notify("window/workDoneProgress/cancel", {"token": "mine"})
    with pytest.raises(Exception, match="Cancelled"):
        await editor.answer(number)
    assert len(progress(editor, "begin")) == len(progress(editor, "end")) == 1


async def test_all_that_is_asked_through_messages(editor: Editor, tmp_path: Path) -> None:
    wanted = iter(["Show the diff", "Apply", "Yes"])

    async def answer(params: Any) -> Any:
        title = next(wanted)
        assert {"title": title} in params["actions"]
        return {"title": title}

    editor.answers["window/showMessageRequest"] = answer
    uri = editor.open((tmp_path / "a.py").as_uri(), "before\n")
    result = await editor.request("homespun/edit", whole(uri, "ask"))
    assert result["summary"] == "chosen: True, sure: True"
    question = editor.messages("window/showMessageRequest")[0]["message"]
    assert "a.py" in question and "deletes most of it" in question
    if pages := editor.messages("window/showDocument"):
        assert pages[0]["uri"].endswith("change.diff")
    else:
        assert "-before" in editor.messages("window/showMessage")[0]["message"]


@pytest.mark.parametrize("answer", [None, {"title": "Discard"}, {"title": "No"}])
async def test_no_answer_is_no(editor: Editor, tmp_path: Path, answer: Any) -> None:
    async def give(_: Any) -> Any:
        return answer

    editor.answers["window/showMessageRequest"] = give
    uri = editor.open((tmp_path / "a.py").as_uri(), "before\n")
    result = await editor.request("homespun/edit", whole(uri, "ask"))
    assert result["summary"] == "chosen: False, sure: False"


async def test_the_instruction_in_a_comment_is_carried_out(editor: Editor, tmp_path: Path) -> None:
    text = "def f(a):\n    # homespun: halve it\n    return a\n"
    uri = editor.open((tmp_path / "a.py").as_uri(), text)
    place = {"start": {"line": 1, "character": 6}, "end": {"line": 1, "character": 6}}
    actions = await editor.request(
        "textDocument/codeAction",
        {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": []}},
    )
    command = next(a["command"] for a in actions if "halve it" in a["title"])
    await editor.command(command["command"], *command["arguments"])
    await editor.wait_for(lambda: editor.text(uri) == "def f(a):\n    return a\n")


async def test_an_explanation_streams_and_stays_for_hovering(
    editor: Editor, tmp_path: Path
) -> None:
    uri = editor.open((tmp_path / "a.py").as_uri(), "a + b\n")
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 5}}
    params = {"textDocument": {"uri": uri}, "range": place, "partialResultToken": 7}
    result = await editor.request("homespun/explain", params)
    assert result["markdown"] == "It adds !\u200b[x](http://127.0.0.1/leak) numbers."
    pieces = [m["value"]["text"] for m in editor.messages("$/progress") if m["token"] == 7]
    assert "".join(pieces).strip() == result["markdown"] and len(pieces) > 1
    at = {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 2}}
    assert (await editor.request("textDocument/hover", at))["contents"]["value"].startswith("It")
    start = {"line": 0, "character": 0}
    editor.change(uri, [{"range": {"start": start, "end": start}, "text": "x"}])
    assert await editor.request("textDocument/hover", at) is None


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def progress(editor: Editor, kind: str) -> list[Any]:
    values = [message["value"] for message in editor.messages("$/progress")]
    return [value for value in values if value.get("kind") == kind]
