"""The real server over stdio around a scripted engine: the instruction says what it does.

Run as a process by the tests. `upper` turns the place into capitals, through the workspace port
as the real engine does; the others are named in `_ACTS`.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from homespun.core.actions import PRESETS
from homespun.core.diff import Edit
from homespun.core.plan import ChangePlan, FileChange, hunks_between
from homespun.core.text import Span
from homespun.engine.ports import (
    Check,
    CreateFile,
    DeleteFile,
    EditFile,
    Explanation,
    FileResult,
    HistoryEntry,
    Outcome,
    RenameFile,
    Spent,
)
from homespun.engine.search import Unknown
from homespun.errors import BadSetting, NothingToDo, Unreachable
from homespun.lsp.start import run


class ScriptedEngine:
    index = Unknown()

    def __init__(self, workspace, settings=None):
        self.workspace = workspace
        self.before = None

    def actions(self):
        return PRESETS

    def configure(self, settings):
        return [f"settings: {key}: {value!r}" for key, value in settings.items() if key == "wrong"]

    async def close(self):
        leave_mark("CLOSED_MARK")

    async def edit(self, task, events, review):
        self.task = task
        act = getattr(self, f"_{task.instruction.split()[0]}", self._upper)
        return await act(task, events, review)

    async def explain(self, place, question, events, review, earlier=()):
        events.stage("writing")
        for word in ("It ", "adds ", "![x](http://127.0.0.1/leak) ", "numbers."):
            events.text(word)
            await asyncio.sleep(0.04)
        return Explanation("It adds ![x](http://127.0.0.1/leak) numbers.", "scripted", "tiny", True)

    async def history(self, limit=50):
        return [HistoryEntry("c1", 0.0, "Edit", "applied", "Done.", ("a.py",), "tiny", True)]

    async def undo(self, change_id):
        if self.before is None:
            raise NothingToDo("There is no change to take back.", "Make one first.")
        now = self.workspace.opened(self.before.uri)
        edit = EditFile(now, (Edit(0, len(now.text), self.before.text),))
        await self.workspace.apply("Undo", [edit])
        return Outcome("c1", "applied", "Taken back.")

    async def reapply(self, change_id, events, review):
        return Outcome(change_id or "c1", "nothing", "")

    async def checks(self):
        yield Check("server", "ok", "answers")
        yield Check("model", "error", "is missing", "Pull it.")

    async def _upper(self, task, events, review):
        events.stage("writing")
        events.progress(12, 34.5)
        before = await self.workspace.read(task.place.uri)
        self.before = before
        if task.remove_comment is not None:
            span, new = task.remove_comment, ""
        else:
            span = task.place.span or Span(0, len(before.text))
            new = before.text[span.start : span.end].upper()
        events.stage("applying")
        edit = EditFile(before, (Edit(span.start, span.end, new),))
        applied = await self.workspace.apply("Homespun: upper", [edit])
        after = before.text[: span.start] + new + before.text[span.end :]
        if not applied.applied:
            return self._outcome("rejected", reasons=(f"refused: {applied.reason}",))
        if await self.workspace.settled(before.uri, after) != after:
            return self._outcome("rejected", reasons=("said applied, and did not",))
        return self._outcome("applied", (FileResult(before.uri, "edit", 1, 1),))

    async def _files(self, task, events, review):
        """`files NAME`: create NAME, rename `old.txt` to `new.txt`, delete `gone.txt`."""
        home = task.place.uri.rsplit("/", 1)[0]
        name = task.instruction.split()[1]
        operations = [
            CreateFile(f"{home}/{name}", "made\n"),
            RenameFile(f"{home}/old.txt", f"{home}/new.txt"),
            DeleteFile(f"{home}/gone.txt"),
        ]
        applied = await self.workspace.apply("Homespun: files", operations)
        status = "applied" if applied.applied else "rejected"
        return self._outcome(status, reasons=(applied.reason,) if applied.reason else ())

    async def _stale(self, task, events, review):
        """Edit the text as it was before whatever is typed in the next moments."""
        before = await self.workspace.read(task.place.uri)
        events.stage("reading")
        with self.workspace._documents.watch(before.uri) as news:
            await asyncio.wait_for(news.wait(), 60)
        edit = EditFile(before, (Edit(0, 1, "X"),))
        applied = await self.workspace.apply("Homespun: stale", [edit])
        return self._outcome("rejected", reasons=(applied.reason,))

    async def _problems(self, task, events, review):
        found = "; ".join(
            f"{d.message}@{d.span.start}-{d.span.end}/{d.source}" for d in task.diagnostics
        )
        return self._outcome("nothing", summary=f"{task.scope} {found}")

    async def _place(self, task, events, review):
        text = (await self.workspace.read(task.place.uri)).text
        return self._outcome("nothing", summary=text[task.place.span.start : task.place.span.end])

    async def _Fix(self, task, events, review):
        return await self._problems(task, events, review)

    async def _ask(self, task, events, review):
        before = await self.workspace.read(task.place.uri)
        change = FileChange(
            before.uri, "a.py", "edit", before.text, hunks_between(before.text, "after\n"),
            risks=("deletes most of it",),
        )  # fmt: skip
        events.stage("reviewing")
        chosen = await review.choose(ChangePlan("p", "Edit", "Replaces it.", (change,)))
        sure = await review.confirm("Really?", "Yes")
        return self._outcome("nothing", summary=f"chosen: {chosen is not None}, sure: {sure}")

    async def _slow(self, task, events, review):
        events.stage("thinking")
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            leave_mark("CANCELLED_MARK")
            raise

    async def _busy(self, task, events, review):
        for count in range(200):
            events.progress(count, 100.0)
            await asyncio.sleep(0.002)
        return self._outcome("nothing")

    async def _fail(self, task, events, review):
        raise Unreachable("127.0.0.1:1 cannot be reached.", "Start the server.")

    async def _crash(self, task, events, review):
        raise RuntimeError((await self.workspace.read(task.place.uri)).text)

    def _outcome(self, status, files=(), reasons=(), summary="Done."):
        return Outcome(
            "c1", status, summary, reasons, files, "scripted", "tiny", True, Spent(100, 12, 0.5)
        )


def leave_mark(name):
    """Tell a test in another process, by the file that its environment names."""
    if name in os.environ:
        Path(os.environ[name]).touch()


class PlainWriter:
    def create(self, path, text):
        Path(path).write_text(text)

    def rename(self, path, new_path):
        Path(path).rename(new_path)

    def delete(self, path):
        Path(path).unlink()


def build(workspace, settings):
    print("a library that prints")
    return ScriptedEngine(workspace)


def broken(workspace, settings):
    raise BadSetting("config.toml has no model.", "Set one.")


def main():
    return run(broken if os.environ.get("BROKEN_ENGINE") else build, lambda _: PlainWriter())


if __name__ == "__main__":
    sys.exit(main())
