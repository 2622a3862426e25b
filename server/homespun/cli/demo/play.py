"""The demo's course: a failing test, one code action, one edit, a passing test, undo."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import IO, Any

from homespun.cli.demo.client import Client, server
from homespun.cli.demo.editor import Editor
from homespun.cli.demo.setting import Project
from homespun.cli.demo.stage import Stage, Stages
from homespun.core.diff import unified

_KIND = "refactor.rewrite.homespun.comment"
_NAME = "splitbill/shares.py"
_SHOWN = 4
"""Lines of code shown above and below the comment."""


class Play:
    """One performance of the demo."""

    def __init__(self, stage: Stage, project: Project) -> None:
        """`project`: a fresh copy, whose test fails."""
        self._stage = stage
        self._project = project
        self._editor = Editor(project.file)
        self._before = self._editor.text
        self._stages = Stages(stage.console)

    async def perform(self, environ: Mapping[str, str], log: IO[bytes]) -> bool:
        """Play it with a server started in `environ`; whether all went as it should.

        `log` takes what the server writes to its standard error.

        Raises `HomespunError` where the server or the model does not do its part.
        """
        failed = not await self._test("A small project with a failing test")
        self._show_comment()
        began = time.monotonic()
        answers = self._editor.answers(self._stages.hear)
        async with server(environ, answers, log) as client:
            await self._start(client, began)
            await self._run(await self._choose())
            passed = await self._test("The project's own test again")
            undone = await self._undo()
            stopped = await client.stop() == 0
        return failed and passed and undone and stopped

    async def _test(self, words: str) -> bool:
        self._stage.step(words, "$ python -m unittest")
        run = await self._project.test()
        self._stage.result(run.said, good=run.passed)
        return run.passed

    def _show_comment(self) -> None:
        lines = self._editor.text.splitlines()
        first = max(0, self._comment - _SHOWN)
        self._stage.line()
        self._stage.line(_NAME, "dim")
        self._stage.code("\n".join(lines[first : self._comment + _SHOWN - 1]), first + 1)

    @property
    def _comment(self) -> int:
        """The line (from 0) of the comment that says what to do."""
        lines = self._editor.text.splitlines()
        return next(number for number, line in enumerate(lines) if "# homespun:" in line)

    async def _start(self, client: Client, began: float) -> None:
        answer = await self._editor.start(client)
        info = answer.get("serverInfo", {})
        passed = f"answered initialize in {(time.monotonic() - began) * 1000:.0f} ms"
        self._stage.step("The language server starts, as in an editor", "$ homespun lsp")
        self._stage.result(f"{info.get('name')} {info.get('version')} {passed}", good=True)

    async def _choose(self) -> Mapping[str, Any]:
        began = time.monotonic()
        actions = await self._editor.code_actions(self._comment)
        passed = f"answered in {(time.monotonic() - began) * 1000:.0f} ms, no model asked"
        chosen = next(i for i, action in enumerate(actions) if action["kind"] == _KIND)
        self._stage.step("Code actions at the comment", passed)
        self._stage.choices([action["title"] for action in actions], chosen)
        return actions[chosen]

    async def _run(self, action: Mapping[str, Any]) -> None:
        with self._stages:
            began = time.monotonic()
            job = await self._editor.start_job(action)
            passed = f"its command came back in {(time.monotonic() - began) * 1000:.0f} ms"
            self._stage.step("The model works in the background", passed)
            said = await self._editor.end_of(job)
        self._stage.line()
        changed = self._editor.text != self._before
        if changed:
            self._stage.patch(unified(self._before, self._editor.text, _NAME, context=1))
            self._stage.line()
            self._editor.save()
        self._stage.result(said, good=changed)

    async def _undo(self) -> bool:
        self._stage.step("Undo, through the server", "homespun/undo")
        if self._editor.text == self._before:
            self._stage.result("nothing was changed, so there is nothing to take back", good=True)
            return True
        await self._editor.undo()
        self._editor.save()
        same = self._project.file.read_bytes() == self._before.encode()
        self._stage.result("the file is as it was, byte for byte", good=same)
        return same
