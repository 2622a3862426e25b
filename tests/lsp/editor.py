"""An editor for tests: plain JSON over a real server's stdio, and edits that are really made.

It decodes positions by its own, naive means, so that it can disagree with the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from homespun.lsp.frames import FrameReader, frame

HERE = Path(__file__).parent
SCRIPTED = (sys.executable, str(HERE / "scripted_server.py"))
_CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


def capabilities(name: str) -> dict[str, Any]:
    """What a real client announced: a file of `capabilities/`."""
    return json.loads((HERE / "capabilities" / f"{name}.json").read_text())


class Failed(Exception):
    """The server answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code = error["code"]
        self.message = error["message"]
        self.data = error.get("data")


class Editor:
    """One editor at one server."""

    def __init__(self, process: asyncio.subprocess.Process, announced: dict[str, Any]) -> None:
        self.process = process
        self.announced = announced
        self.encoding = "utf-16"
        self.documents: dict[str, dict[str, Any]] = {}
        self.received: list[dict[str, Any]] = []
        self.answers: dict[str, Callable[[Any], Awaitable[Any]]] = {
            "workspace/applyEdit": self.apply_edit,
            "window/workDoneProgress/create": self._nothing,
            "client/registerCapability": self._nothing,
            "workspace/configuration": self._settings,
            "window/showDocument": self._show,
        }
        self.settings: dict[str, Any] = {}
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._news = asyncio.Condition()
        self._tasks = {asyncio.create_task(self._read())}

    async def initialize(self, root: Path | None = None, **more: Any) -> dict[str, Any]:
        folders = [{"uri": root.as_uri(), "name": root.name}] if root else None
        result = await self.request(
            "initialize",
            {
                "processId": None, "rootUri": root.as_uri() if root else None,
                "capabilities": self.announced, "workspaceFolders": folders, **more,
            },
        )  # fmt: skip
        self.encoding = result["capabilities"]["positionEncoding"]
        self.notify("initialized", {})
        return result

    def send(self, method: str, params: Any) -> int:
        """A request whose answer `self.answer(number)` gives."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        self.write({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return number

    async def answer(self, number: int) -> Any:
        async with asyncio.timeout(20):
            message = await self._waiting[number]
        if "error" in message:
            raise Failed(message["error"])
        return message["result"]

    async def request(self, method: str, params: Any) -> Any:
        return await self.answer(self.send(method, params))

    async def command(self, name: str, *arguments: Any, **more: Any) -> Any:
        return await self.request(
            "workspace/executeCommand", {"command": name, "arguments": list(arguments), **more}
        )

    def notify(self, method: str, params: Any) -> None:
        self.write({"jsonrpc": "2.0", "method": method, "params": params})

    def write(self, message: Any) -> None:
        self.raw(frame(json.dumps(message).encode()))

    def raw(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)

    def open(self, uri: str, text: str, language: str = "python") -> str:
        self.documents[uri] = {"text": text, "version": 1}
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def change(self, uri: str, changes: list[dict[str, Any]]) -> None:
        """Make changes one after the other, and tell the server."""
        document = self.documents[uri]
        for change in changes:
            document["text"] = self._changed(document["text"], change)
        document["version"] += 1
        identifier = {"uri": uri, "version": document["version"]}
        self.notify(
            "textDocument/didChange", {"textDocument": identifier, "contentChanges": changes}
        )

    def text(self, uri: str) -> str:
        return self.documents[uri]["text"]

    def messages(self, method: str) -> list[Any]:
        """The parameters of every such message from the server so far."""
        return [one["params"] for one in self.received if one["method"] == method]

    async def wait_for(self, test: Callable[[], Any]) -> Any:
        """What `test` gives once it gives something, tried after each message."""
        async with asyncio.timeout(10), self._news:
            while not (found := test()):
                await self._news.wait()
            return found

    async def shown(self, kind: str = "window/showMessage") -> Any:
        """The first such message."""
        return (await self.wait_for(lambda: self.messages(kind)))[0]

    async def apply_edit(self, params: Any) -> Any:
        """Make a workspace edit as an editor does: versions checked first, then all of it."""
        edit = params["edit"]
        changes = edit.get("documentChanges")
        if changes is None:
            changes = [
                {"textDocument": {"uri": uri, "version": None}, "edits": edits}
                for uri, edits in edit["changes"].items()
            ]
        for change in changes:
            version = change.get("textDocument", {}).get("version")
            if version is not None and version != self._version(change):
                return {"applied": False, "failureReason": "another version"}
        for change in changes:
            self._make(change)
        return {"applied": True}

    async def stop(self) -> int:
        """Shut down as an editor does; the exit code."""
        if self.process.returncode is None:
            await self.request("shutdown", None)
            self.notify("exit", None)
        return await self.ended()

    async def ended(self) -> int:
        async with asyncio.timeout(10):
            return await self.process.wait()

    async def abandon(self) -> None:
        """End the server, however it is."""
        for task in self._tasks:
            task.cancel()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.communicate()

    def _version(self, change: dict[str, Any]) -> int | None:
        return self.documents.get(change["textDocument"]["uri"], {}).get("version")

    def _make(self, change: dict[str, Any]) -> None:
        match change.get("kind"):
            case "create":
                _path(change["uri"]).touch()
            case "rename":
                _path(change["oldUri"]).rename(_path(change["newUri"]))
            case "delete":
                _path(change["uri"]).unlink()
            case _:
                self._edit(change["textDocument"]["uri"], change["edits"])

    def _edit(self, uri: str, edits: list[dict[str, Any]]) -> None:
        backwards = sorted(
            edits, key=lambda e: (e["range"]["start"]["line"], e["range"]["start"]["character"]),
            reverse=True,
        )  # fmt: skip
        changes = [{"range": edit["range"], "text": edit["newText"]} for edit in backwards]
        if uri in self.documents:
            self.change(uri, changes)
            return
        text = _path(uri).read_text()
        for change in changes:
            text = self._changed(text, change)
        _path(uri).write_text(text)

    def _changed(self, text: str, change: dict[str, Any]) -> str:
        if "range" not in change:
            return change["text"]
        start = self._offset(text, change["range"]["start"])
        end = self._offset(text, change["range"]["end"])
        return text[:start] + change["text"] + text[end:]

    def _offset(self, text: str, position: dict[str, int]) -> int:
        lines = text.split("\n")
        before = sum(len(line) + 1 for line in lines[: position["line"]])
        codec, unit = _CODECS[self.encoding]
        encoded = (lines[position["line"]] if position["line"] < len(lines) else "").encode(codec)
        return min(len(text), before + len(encoded[: position["character"] * unit].decode(codec)))

    async def _read(self) -> None:
        frames = FrameReader()
        assert self.process.stdout is not None
        while data := await self.process.stdout.read(65536):
            for body in frames.feed(data):
                await self._take(json.loads(body))

    async def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            future = self._waiting.get(message["id"])
            if future is not None and not future.done():
                future.set_result(message)
        else:
            self.received.append(message)
            if "id" in message:
                task = asyncio.create_task(self._respond(message))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        async with self._news:
            self._news.notify_all()

    async def _respond(self, message: dict[str, Any]) -> None:
        answer = self.answers.get(message["method"])
        if answer is None:
            error = {"code": -32601, "message": f"no {message['method']}"}
            self.write({"jsonrpc": "2.0", "id": message["id"], "error": error})
            return
        result = await answer(message["params"])
        self.write({"jsonrpc": "2.0", "id": message["id"], "result": result})

    async def _nothing(self, _: Any) -> None:
        return None

    async def _settings(self, params: Any) -> Any:
        return [self.settings for _ in params["items"]]

    async def _show(self, _: Any) -> Any:
        return {"success": True}


@contextlib.asynccontextmanager
async def editor(
    announced: dict[str, Any], command: tuple[str, ...] = SCRIPTED, **environment: str
) -> AsyncIterator[Editor]:
    """An editor at a new server, not yet initialised."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    made = Editor(process, announced)
    try:
        yield made
    finally:
        await made.abandon()


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))
