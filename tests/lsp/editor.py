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
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from homespun.lsp.frames import FrameReader, frame
from homespun.lsp.server import Server

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

    def __init__(self, announced: dict[str, Any], raw: Callable[[bytes], None]) -> None:
        """`announced`: its capabilities; `raw` takes bytes to the server."""
        self.announced = announced
        self.raw = raw
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
        self._tasks: set[asyncio.Task[None]] = set()
        self._frames = FrameReader()

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
        async with asyncio.timeout(60):
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
        async with asyncio.timeout(60), self._news:
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

    def heard(self, data: bytes) -> None:
        """Bytes from the server."""
        for body in self._frames.feed(data):
            self._spawn(self._take(json.loads(body)))

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

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

    async def _take(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            future = self._waiting.get(message["id"])
            if future is not None and not future.done():
                future.set_result(message)
        else:
            self.received.append(message)
            if "id" in message:
                self._spawn(self._respond(message))
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


@dataclass
class Running:
    """An editor and its server's process."""

    editor: Editor
    process: asyncio.subprocess.Process

    async def stop(self) -> int:
        """Shut down as an editor does; the exit code."""
        await self.editor.request("shutdown", None)
        self.editor.notify("exit", None)
        return await self.ended()

    async def ended(self) -> int:
        """The exit code, once the process is gone."""
        async with asyncio.timeout(60):
            return await self.process.wait()

    async def log(self) -> str:
        """What the server wrote to its standard error; to be asked for once it has ended."""
        assert self.process.stderr is not None
        return (await self.process.stderr.read()).decode()


@contextlib.asynccontextmanager
async def running(
    announced: dict[str, Any], command: Sequence[str] = SCRIPTED, **environment: str
) -> AsyncGenerator[Running]:
    """An editor at a server in a process of its own, not yet initialised."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **environment},
    )
    assert process.stdin is not None
    made = Editor(announced, process.stdin.write)
    listening = asyncio.create_task(_listen(process, made))
    try:
        yield Running(made, process)
    finally:
        listening.cancel()
        made.close()
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def _listen(process: asyncio.subprocess.Process, made: Editor) -> None:
    assert process.stdout is not None
    while data := await process.stdout.read(65536):
        made.heard(data)


@contextlib.asynccontextmanager
async def beside(
    server: Server, announced: dict[str, Any], root: Path | None = None, **options: Any
) -> AsyncGenerator[Editor]:
    """An initialised editor at a server in this process."""
    frames = FrameReader()

    def raw(data: bytes) -> None:
        for body in frames.feed(data):
            server.connection.receive(body)

    made = Editor(announced, raw)
    server.connection.set_writer(_Writer(made.heard))
    await made.initialize(root, **options)
    try:
        yield made
    finally:
        await server.close()
        made.close()


@dataclass
class _Writer:
    write: Callable[[bytes], None]

    def close(self) -> None: ...


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))
