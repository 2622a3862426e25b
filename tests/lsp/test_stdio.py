"""The process: how it starts, how it ends, and that nothing but the protocol is on its stdout."""

import asyncio
import signal
from pathlib import Path

import pytest

from lsp.editor import Running, capabilities, running

NEOVIM = capabilities("neovim_0.11.4")


async def test_shutdown_and_exit_end_with_0_and_close_the_engine(tmp_path: Path) -> None:
    mark = tmp_path / "closed"
    async with running(NEOVIM, CLOSED_MARK=str(mark)) as run:
        await run.editor.initialize()
        await run.editor.request("homespun/history", {})
        assert await run.stop() == 0
        assert mark.exists()
        assert await run.log() == "a library that prints\n"


async def test_exit_without_shutdown_ends_with_1() -> None:
    async with running(NEOVIM) as run:
        await run.editor.initialize()
        run.editor.notify("exit", None)
        assert await run.ended() == 1


async def test_an_editor_that_dies_ends_it() -> None:
    async with running(NEOVIM) as run:
        await run.editor.initialize()
        run.process.stdin.close()
        assert await run.ended() == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_in_order_even_while_a_job_runs(
    tmp_path: Path, number: signal.Signals
) -> None:
    closed, cancelled = tmp_path / "closed", tmp_path / "cancelled"
    async with running(NEOVIM, CLOSED_MARK=str(closed), CANCELLED_MARK=str(cancelled)) as run:
        await start_slow_job(run)
        run.process.send_signal(number)
        assert await run.ended() == 128 + number
        assert closed.exists() and cancelled.exists()
        assert "Traceback" not in await run.log()


async def test_shutdown_cancels_what_runs(tmp_path: Path) -> None:
    cancelled = tmp_path / "cancelled"
    async with running(NEOVIM, CANCELLED_MARK=str(cancelled)) as run:
        await start_slow_job(run)
        assert await run.stop() == 0
        assert cancelled.exists()


async def test_messages_that_come_together_are_taken_one_by_one() -> None:
    """A request sees the text as it was when it was sent, not what was typed right after it."""
    async with running(NEOVIM) as run:
        editor = run.editor
        await editor.initialize()
        await editor.request("homespun/history", {})
        uri = editor.open("file:///tmp/a.py", "abc\n")
        start = {"line": 0, "character": 0}
        place = {"start": start, "end": {"line": 0, "character": 3}}
        number = editor.send(
            "homespun/edit",
            {"textDocument": {"uri": uri}, "range": place, "instruction": "upper"},
        )
        editor.change(uri, [{"range": {"start": start, "end": start}, "text": "typed "}])
        result = await editor.answer(number)
        assert result["status"] == "rejected"
        assert editor.text(uri) == "typed abc\n"


async def test_a_broken_engine_is_told_and_the_server_lives_on() -> None:
    async with running(NEOVIM, BROKEN_ENGINE="1") as run:
        await run.editor.initialize()
        told = await run.editor.shown()
        assert told["message"] == "Homespun: config.toml has no model. Set one."
        uri = run.editor.open("file:///tmp/a.py", "def f():\n    pass\n")
        place = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 0}}
        actions = await run.editor.request(
            "textDocument/codeAction",
            {"textDocument": {"uri": uri}, "range": place, "context": {"diagnostics": []}},
        )
        assert actions
        assert await run.stop() == 0


async def start_slow_job(run: Running) -> None:
    editor = run.editor
    await editor.initialize()
    uri = editor.open("file:///tmp/a.py", "x\n")
    await editor.command("homespun.edit", {"textDocument": {"uri": uri}, "instruction": "slow"})
    await editor.wait_for(lambda: any("thinking" in str(m) for m in editor.received))
    await asyncio.sleep(0)
