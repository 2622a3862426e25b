"""What is typed while a call is on its way: its place moves with the text, or is refused."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from homespun.engine.ports import Workspace
from homespun.lsp.server import Server, create
from lsp.editor import Editor, Failed, beside, capabilities, running
from lsp.scripted_server import PlainWriter, ScriptedEngine

NEOVIM = capabilities("neovim_0.11.4")
VSCODE = capabilities("vscode_1.139.1_languageclient_11")
ALE = capabilities("vim_9.0_ale_3.3")
URI = "file:///tmp/a.py"
TEXT = "x = 1\ny = 2\nz = 3\n"


def lines(first: int, last: int, character: int = 5) -> dict[str, Any]:
    start = {"line": first, "character": 0}
    return {"start": start, "end": {"line": last, "character": character}}


def call(instruction: str | None = "upper", **more: Any) -> dict[str, Any]:
    """The second line of the first version."""
    document = {"uri": URI, "version": 1}
    return {"textDocument": document, "range": lines(1, 1), "instruction": instruction} | more


ABOVE = {"range": lines(0, 0, 0), "text": "# 😀 typed\n"}
TYPED = [
    pytest.param([[ABOVE]], "# 😀 typed\nx = 1\nY = 2\nz = 3\n", id="above"),
    pytest.param(
        [[{"range": lines(1, 1, 0), "text": "a\n"}]], "x = 1\na\nY = 2\nz = 3\n", id="right above"
    ),
    pytest.param(
        [[{"range": lines(1, 1, 1), "text": "yes"}]], "x = 1\nYES = 2\nz = 3\n", id="within"
    ),
    pytest.param([[{"range": lines(2, 3, 0), "text": ""}]], "x = 1\nY = 2\n", id="below"),
    pytest.param(
        [[ABOVE], [ABOVE, ABOVE]], "# 😀 typed\n" * 3 + "x = 1\nY = 2\nz = 3\n", id="much"
    ),
    pytest.param([[{"text": "# é\n" + TEXT}]], "# é\nx = 1\nY = 2\nz = 3\n", id="whole texts"),
]


@pytest.mark.parametrize("client", [NEOVIM, VSCODE, ALE], ids=["neovim", "vscode", "ale"])
@pytest.mark.parametrize(("typed", "after"), TYPED)
async def test_a_call_of_an_earlier_version_is_done_where_its_text_is_now(
    server: Server, client: dict[str, Any], typed: list[list[dict[str, Any]]], after: str
) -> None:
    async with beside(server, client) as editor:
        editor.open(URI, TEXT)
        for changes in typed:
            editor.change(URI, changes)
        result = await editor.request("homespun/edit", call())
        assert (result["status"], editor.text(URI)) == ("applied", after)


async def test_a_keystroke_in_the_same_burst_moves_the_place_of_a_call_without_a_version() -> None:
    """All of it comes to the server in one piece: the call first, and then what was typed."""
    async with running(NEOVIM) as peer:
        await peer.editor.initialize()
        peer.editor.open(URI, TEXT)
        burst: list[bytes] = []
        to_server, peer.editor.raw = peer.editor.raw, burst.append
        asked = call() | {"textDocument": {"uri": URI}}
        answer = peer.editor.send(
            "workspace/executeCommand", {"command": "homespun.edit", "arguments": [asked]}
        )
        peer.editor.change(URI, [ABOVE])
        peer.editor.raw = to_server
        to_server(b"".join(burst))
        assert (await peer.editor.answer(answer))["job"]
        made = "# 😀 typed\nx = 1\nY = 2\nz = 3\n"
        await peer.editor.wait_for(lambda: peer.editor.text(URI) == made)


@pytest.mark.parametrize(
    ("typed", "version", "reason"),
    [
        pytest.param([{"range": lines(1, 1), "text": "k"}], 1, "has been replaced", id="over it"),
        pytest.param([{"range": lines(1, 2, 0), "text": ""}], 1, "has been replaced", id="removed"),
        pytest.param([{"text": "all = 0\n"}], 1, "has been replaced", id="another text"),
        pytest.param([ABOVE], 0, "no longer known", id="before it was opened"),
        pytest.param([ABOVE], 9, "no longer known", id="a version that never was"),
    ],
)
async def test_a_place_that_is_gone_is_refused_and_nothing_is_changed(
    server: Server, typed: list[dict[str, Any]], version: int, reason: str
) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.open(URI, TEXT)
        editor.change(URI, typed)
        before = editor.text(URI)
        with pytest.raises(Failed, match=reason) as failed:
            document = {"uri": URI, "version": version}
            await editor.request("homespun/edit", call(textDocument=document))
        assert failed.value.data == {"code": "stale", "hint": "Ask again."}
        assert editor.text(URI) == before


async def test_a_place_in_a_document_that_was_closed_meanwhile_is_refused(
    server: Server, tmp_path: Path
) -> None:
    """The disk has another text than the one that was typed and thrown away."""
    file = tmp_path / "a.py"
    file.write_text(TEXT)
    document = {"uri": file.as_uri(), "version": 2}
    async with beside(server, NEOVIM, tmp_path) as editor:
        editor.open(file.as_uri(), TEXT)
        editor.change(file.as_uri(), [ABOVE])
        editor.notify("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})
        with pytest.raises(Failed, match="no longer known"):
            await editor.request("homespun/edit", call(textDocument=document))
    assert file.read_text() == TEXT


async def test_the_whole_file_is_meant_whatever_was_typed(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.open(URI, TEXT)
        editor.change(URI, [{"text": "all = 0\n"}])
        result = await editor.request("homespun/edit", call(range=None))
        assert (result["status"], editor.text(URI)) == ("applied", "ALL = 0\n")


async def test_a_place_is_followed_while_the_user_is_asked_what_to_do(server: Server) -> None:
    announced = VSCODE | {"experimental": {"homespun": True}}
    async with beside(server, announced) as editor:

        async def answer(_: Any) -> Any:
            editor.change(URI, [ABOVE])
            return {"text": "upper"}

        editor.answers["homespun/input"] = answer
        editor.open(URI, TEXT)
        await editor.request("homespun/edit", call(None, source="input"))
        assert editor.text(URI) == "# 😀 typed\nx = 1\nY = 2\nz = 3\n"


async def test_a_further_question_is_about_the_place_where_that_is_by_then(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.open(URI, TEXT)
        asked = {"textDocument": {"uri": URI, "version": 1}, "range": lines(1, 1)}
        await editor.request("homespun/explain", asked)
        editor.change(URI, [ABOVE])
        earlier = [{"question": "", "answer": "It adds numbers."}]
        await editor.request("homespun/explain", asked | {"question": "Why?", "earlier": earlier})
        assert await hover(editor, 2) and not await hover(editor, 1)


async def hover(editor: Editor, line: int) -> Any:
    place = {"textDocument": {"uri": URI}, "position": {"line": line, "character": 2}}
    return await editor.request("textDocument/hover", place)


async def test_who_types_while_the_engine_is_built_is_not_refused_and_moves_the_place() -> None:
    begun, built = threading.Event(), threading.Event()

    def build(workspace: Workspace, settings: object) -> ScriptedEngine:
        begun.set()
        built.wait(10)
        return ScriptedEngine(workspace)

    async with beside(create(build, lambda _: PlainWriter()), NEOVIM) as editor:
        editor.open(URI, "x = 1\ny = 2\n")
        line = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 5}}
        asked = {"textDocument": {"uri": URI, "version": 1}, "range": line}
        answer = editor.send("homespun/edit", asked | {"instruction": "place"})
        above = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
        await asyncio.to_thread(begun.wait, 10)
        editor.change(URI, [{"range": above, "text": "# typed\n"}])
        here = {"textDocument": {"uri": URI}, "range": line, "context": {"diagnostics": []}}
        await editor.request("textDocument/codeAction", here)  # so the change has been read
        built.set()
        assert (await editor.answer(answer))["summary"] == "y = 2"
