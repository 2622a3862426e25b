"""Which actions are offered where, and what their commands say."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from homespun.lsp.server import Server
from lsp.editor import Editor, beside, capabilities

NEOVIM = capabilities("neovim_0.11.4")
TEXT = """import os

# homespun: sort the imports
x = 1


def first(a):
    return a


class Second:
    def inner(self):
        return 1  # homespun: return two
"""
PRESETS = ["document", "types", "simplify", "tests"]
READING = ["homespun.explain", "homespun.context"]


@pytest.fixture
async def editor(server: Server) -> AsyncGenerator[Editor]:
    async with beside(server, NEOVIM) as made:
        made.open("file:///tmp/a.py", TEXT)
        yield made


async def ask(
    editor: Editor, first: int, last: int | None = None, *, end: int = 0, **context: Any
) -> list[Any]:
    span = {
        "start": {"line": first, "character": 0},
        "end": {"line": first if last is None else last, "character": end},
    }
    context.setdefault("diagnostics", [])
    document = {"uri": "file:///tmp/a.py"}
    return await editor.request(
        "textDocument/codeAction", {"textDocument": document, "range": span, "context": context}
    )


def kinds(actions: list[Any]) -> list[str]:
    return [action["kind"].removeprefix("refactor.rewrite.homespun.") for action in actions]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (0, ["types", "homespun.context"]),
        (2, ["comment", "types", "homespun.context"]),
        (4, ["types", "homespun.context"]),
        (7, [*PRESETS, *READING]),
        (12, ["comment", *PRESETS, *READING]),
        (500, ["types", "homespun.context"]),
    ],
)
async def test_at_a_cursor(editor: Editor, line: int, found: list[str]) -> None:
    assert kinds(await ask(editor, line)) == found


async def test_on_a_selection(editor: Editor) -> None:
    actions = await ask(editor, 3, 7, end=5)
    assert kinds(actions) == [*PRESETS, *READING]
    assert actions[0]["title"] == "Homespun: Document (selection)"


async def test_titles_name_the_definition(editor: Editor) -> None:
    titles = [action["title"] for action in await ask(editor, 7)]
    assert titles[:2] == ["Homespun: Document (first)", "Homespun: Add types (first)"]


async def test_commands_are_eager_and_plain(editor: Editor) -> None:
    action = (await ask(editor, 7))[0]
    assert action["command"] == {
        "title": action["title"],
        "command": "homespun.edit",
        "arguments": [
            {
                "textDocument": {"uri": "file:///tmp/a.py", "version": 1},
                "range": {
                    "start": {"line": 7, "character": 0},
                    "end": {"line": 7, "character": 0},
                },
                "action": "document",
            }
        ],
    }


DIAGNOSTIC = {
    "range": {"start": {"line": 7, "character": 11}, "end": {"line": 7, "character": 12}},
    "message": "a is\nlong " + "x" * 100,
    "source": "ruff",
    "severity": 2,
    "code": "E1",
}


async def test_a_fix_for_each_problem(editor: Editor) -> None:
    actions = await ask(editor, 7, diagnostics=[DIAGNOSTIC], only=["quickfix"])
    assert [action["kind"] for action in actions] == ["quickfix.homespun"]
    assert actions[0]["title"].startswith("Homespun: fix a is long xxx")
    assert len(actions[0]["title"]) < 80 and "\n" not in actions[0]["title"]
    assert actions[0]["diagnostics"] == [DIAGNOSTIC]
    command = actions[0]["command"]
    arguments = command["arguments"][0] | {"wait": True}
    result = await editor.command(command["command"], arguments)
    start = TEXT.index("return a") + 7
    assert result["summary"] == (f"file {DIAGNOSTIC['message']}@{start}-{start + 1}/ruff")


async def test_problems_of_an_earlier_text_are_forgotten(editor: Editor, server: Server) -> None:
    await ask(editor, 7, diagnostics=[DIAGNOSTIC])
    assert len(server.editor.diagnostics("file:///tmp/a.py")) == 1
    start = {"line": 0, "character": 0}
    editor.change(
        "file:///tmp/a.py", [{"range": {"start": start, "end": start}, "text": "# new\n"}]
    )
    assert server.editor.diagnostics("file:///tmp/a.py") == ()


@pytest.mark.parametrize(
    ("only", "found"),
    [
        (["refactor"], ["comment", *PRESETS]),
        (["refactor.rewrite.homespun.comment"], ["comment"]),
        (["refactor.rewrite.homespun.tests", "homespun"], ["tests", *READING]),
        (["source.organizeImports"], []),
        (["refactor.rewrite.homes"], []),
        ([""], ["comment", *PRESETS, *READING]),
    ],
)
async def test_only_the_kinds_that_are_asked_for(
    editor: Editor, only: list[str], found: list[str]
) -> None:
    assert kinds(await ask(editor, 12, only=only)) == found


async def test_an_action_of_an_earlier_text_is_done_where_its_comment_is_now(
    editor: Editor,
) -> None:
    command = (await ask(editor, 2))[0]["command"]
    start = {"line": 0, "character": 0}
    changes = [{"range": {"start": start, "end": start}, "text": "# new\n"}]
    editor.change("file:///tmp/a.py", changes)
    await editor.command(command["command"], command["arguments"][0] | {"wait": True})
    assert editor.text("file:///tmp/a.py") == "# new\n" + TEXT.replace(
        "# homespun: sort the imports\n", ""
    )


async def test_none_for_a_document_that_is_not_open(editor: Editor) -> None:
    editor.notify("textDocument/didClose", {"textDocument": {"uri": "file:///tmp/a.py"}})
    assert await ask(editor, 7) == []


async def test_bare_commands_where_literals_are_not_understood(server: Server) -> None:
    async with beside(server, {}) as editor:
        editor.open("file:///tmp/a.py", TEXT)
        assert {action["command"] for action in await ask(editor, 7)} == {
            "homespun.edit", "homespun.explain", "homespun.context",
        }  # fmt: skip


async def test_our_own_clients_are_asked_for_the_instruction(server: Server) -> None:
    async with beside(server, {"experimental": {"homespun": True}}) as editor:

        async def typed(_: Any) -> Any:
            return {"text": "upper"}

        editor.answers["homespun/input"] = typed
        uri = editor.open("file:///tmp/a.py", "def f():\n    pass\n")
        params = {"textDocument": {"uri": uri}, "source": "input"}
        result = await editor.request("homespun/edit", params)
        assert result["status"] == "applied" and editor.text(uri) == "DEF F():\n    PASS\n"
        stages = [job["stage"] for job in editor.messages("homespun/job")]
        assert stages[0] == "waiting" and stages[-1] == "done" and "applying" in stages
