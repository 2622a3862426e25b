"""Jobs: many at once, their progress, and how their end is told."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from homespun.lsp.jobs import cancel_once
from homespun.lsp.server import Server
from lsp.editor import Editor, Failed, beside, capabilities

NEOVIM = capabilities("neovim_0.11.4")
URI = "file:///tmp/a.py"


def call(instruction: str) -> dict[str, Any]:
    return {"textDocument": {"uri": URI}, "instruction": instruction}


async def test_a_command_that_fails_tells_message_and_next_step(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.open(URI, "x\n")
        assert await editor.command("homespun.edit", call("fail") | {"workDoneToken": 1})
        told = await editor.shown()
        assert told == {
            "type": 1,
            "message": "Homespun: 127.0.0.1:1 cannot be reached. Start the server.",
        }
        assert ends(editor) == ["127.0.0.1:1 cannot be reached."]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("homespun.edit", "needs to know the place"),
        ("homespun.explain", "needs to know the place"),
        ("homespun.undo", "There is no change to take back. Make one first."),
        ("homespun.reapply", "There was nothing to change"),
    ],
)
async def test_a_command_without_arguments_does_the_obvious_or_says_what_it_needs(
    server: Server, command: str, told: str
) -> None:
    async with beside(server, NEOVIM) as editor:
        await editor.command(command)
        assert told in (await editor.shown())["message"]


@pytest.mark.parametrize(
    ("command", "page"), [("homespun.history", "history.md"), ("homespun.health", "health.md")]
)
async def test_a_command_shows_its_result_as_a_document(
    server: Server, command: str, page: str
) -> None:
    async with beside(server, NEOVIM) as editor:
        assert await editor.command(command)
        assert (await editor.shown("window/showDocument"))["uri"].endswith(page)


async def test_an_edit_without_an_instruction_says_how_to_give_one(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.open(URI, "x\n")
        with pytest.raises(Failed, match="no instruction") as failed:
            await editor.request("homespun/edit", {"textDocument": {"uri": URI}})
        assert failed.value.data["code"] == "nothing_to_do"
        assert "homespun:" in failed.value.data["hint"]


async def test_an_unknown_action_names_the_known(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.open(URI, "x\n")
        with pytest.raises(Failed, match="'polish'") as failed:
            await editor.request(
                "homespun/edit", {"textDocument": {"uri": URI}, "action": "polish"}
            )
        assert "document, types, simplify, tests" in failed.value.data["hint"]


async def test_other_requests_are_answered_while_jobs_run_and_too_many_are_refused(
    server: Server,
) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.open(URI, "x\n")
        for _ in range(6):
            assert await editor.command("homespun.edit", call("slow"))
        await editor.wait_for(lambda: len(server.jobs._running) == 6)
        hover = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
        assert await editor.request("textDocument/hover", hover) is None
        assert await editor.command("homespun.edit", call("slow")) is None
        assert "6 jobs are running" in (await editor.shown())["message"]


async def test_reports_are_held_to_ten_a_second(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.open(URI, "x\n")
        started = asyncio.get_running_loop().time()
        await editor.request("homespun/edit", call("busy") | {"workDoneToken": 5})
        seconds = asyncio.get_running_loop().time() - started
        reports = [m["value"] for m in editor.messages("$/progress") if m["token"] == 5]
        assert [reports[0]["kind"], reports[-1]["kind"]] == ["begin", "end"]
        assert 2 < len(reports) <= seconds * 10 + 3
        assert "tokens, 100 a second" in reports[1]["message"]


async def test_progress_is_not_created_where_it_is_not_announced(server: Server) -> None:
    async with beside(server, {}) as editor:
        editor.open(URI, "x\n")
        await editor.request("homespun/edit", call("upper"))
        assert editor.messages("window/workDoneProgress/create") == []
        assert editor.messages("$/progress") == []


async def test_a_progress_that_is_never_created_holds_nothing_up(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.answers["window/workDoneProgress/create"] = lambda _: asyncio.sleep(60)
        editor.open(URI, "x\n")
        result = await editor.request("homespun/edit", call("upper"))
        assert result["status"] == "applied"
        assert editor.messages("$/progress") == []


async def test_cancelling_a_waiting_command_cancels_its_job(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.open(URI, "x\n")
        params = {"command": "homespun.edit", "arguments": [call("slow") | {"wait": True}]}
        number = editor.send("workspace/executeCommand", params)
        await editor.wait_for(lambda: server.jobs._running)
        editor.notify("$/cancelRequest", {"id": number})
        with pytest.raises(Failed, match="Cancelled"):
            await editor.answer(number)
        assert not server.jobs._running


async def test_a_second_cancel_does_not_break_into_the_first() -> None:
    closed: list[str] = []

    async def talk() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            closed.append("the connection")

    task = asyncio.create_task(talk())
    for _ in range(3):
        await asyncio.sleep(0)
        cancel_once(task)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed == ["the connection"]


def ends(editor: Editor) -> list[str]:
    values = [message["value"] for message in editor.messages("$/progress")]
    return [value["message"] for value in values if value["kind"] == "end"]


async def test_a_file_that_is_not_open_is_edited_at_its_range(
    server: Server, tmp_path: Path
) -> None:
    file = tmp_path / "a.py"
    file.write_text("one\ntwo\n")
    place = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}}
    params = {"textDocument": {"uri": file.as_uri()}, "range": place, "instruction": "upper"}
    async with beside(server, NEOVIM, tmp_path) as editor:
        result = await editor.request("homespun/edit", params)
        assert result["status"] == "applied" and file.read_text() == "one\nTWO\n"
        file.unlink()
        with pytest.raises(Failed, match="There is no file"):
            await editor.request("homespun/edit", params)
