"""What an editor does for its user: holds a file's text, takes the server's edits, saves."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from homespun.cli.demo.client import Answer, Client
from homespun.core.diff import Edit, apply
from homespun.core.text import Position, Range, Snapshot
from homespun.disk import to_uri

_CAPABILITIES: Mapping[str, object] = {
    "general": {"positionEncodings": ["utf-8"]},
    "textDocument": {
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
        "synchronization": {"didSave": True},
    },
    "window": {"workDoneProgress": True, "showMessage": {}},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "experimental": {"homespun": True},
}


class Editor:
    """One open file in a small editor. `text` is what its user would see."""

    def __init__(self, path: Path) -> None:
        """`path`: the file to open, once the editor is connected."""
        self.path = path
        self.text = path.read_bytes().decode()
        self._uri = to_uri(path)
        self._version = 1
        self._client: Client | None = None
        self._ended: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._last_words: dict[str, str] = {}

    @property
    def client(self) -> Client:
        """The conversation with the server; there is one once the editor is connected."""
        assert self._client is not None  # noqa: S101 - only `connected` gives editors away
        return self._client

    async def start(self, client: Client) -> Mapping[str, Any]:
        """Shake hands and open the file; what the server said of itself."""
        self._client = client
        root = self.path.parent.parent
        answer: Mapping[str, Any] = await client.request(
            "initialize",
            {
                "processId": None,
                "clientInfo": {"name": "homespun demo"},
                "rootUri": to_uri(root),
                "workspaceFolders": [{"uri": to_uri(root), "name": root.name}],
                "capabilities": _CAPABILITIES,
            },
        )
        client.notify("initialized", {})
        document = {"uri": self._uri, "languageId": "python", "version": 1, "text": self.text}
        client.notify("textDocument/didOpen", {"textDocument": document})
        return answer

    async def code_actions(self, line: int) -> Sequence[Mapping[str, Any]]:
        """What the server offers at `line` (from 0)."""
        here = {"line": line, "character": 0}
        return await self.client.request(
            "textDocument/codeAction",
            {
                "textDocument": {"uri": self._uri},
                "range": {"start": here, "end": here},
                "context": {"diagnostics": []},
            },
        )

    def answers(self, hear: Answer) -> Mapping[str, Answer]:
        """What this editor does on the server's account; `hear` is told each `homespun/job`."""
        return {
            "homespun/job": hear,
            "$/progress": self._take_progress,
            "workspace/applyEdit": self.take_edit,
        }

    async def start_job(self, action: Mapping[str, Any]) -> str:
        """Run a code action's command, which answers at once; the job's id."""
        command = action["command"]
        called = {"command": command["command"], "arguments": command["arguments"]}
        return (await self.client.request("workspace/executeCommand", called))["job"]

    async def end_of(self, job: str) -> str:
        """Wait for the end of a job, whose progress goes by its id; what that said last."""
        await self._ended[job].wait()
        return self._last_words[job]

    async def undo(self) -> Mapping[str, Any]:
        """Have the server take back its latest change; how that ended."""
        return await self.client.request("homespun/undo", {})

    def take_edit(self, params: Mapping[str, Any]) -> Mapping[str, object]:
        """`workspace/applyEdit`: make it in the open text, and tell the server so."""
        changes = params["edit"].get("documentChanges", [])
        mine = all(change.get("textDocument", {}).get("uri") == self._uri for change in changes)
        if not changes or not mine:
            return {"applied": False, "failureReason": "this small editor has one file open"}
        for change in changes:
            self._make(change["edits"])
        self._version += 1
        document = {"uri": self._uri, "version": self._version}
        self.client.notify(
            "textDocument/didChange",
            {"textDocument": document, "contentChanges": [{"text": self.text}]},
        )
        return {"applied": True}

    def save(self) -> None:
        """Write the text to the file."""
        self.path.write_bytes(self.text.encode())
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": self._uri}})

    def _take_progress(self, params: Mapping[str, Any]) -> None:
        if params["value"]["kind"] == "end":
            self._last_words[params["token"]] = params["value"].get("message", "")
            self._ended[params["token"]].set()

    def _make(self, edits: Sequence[Mapping[str, Any]]) -> None:
        snapshot = Snapshot.of(self._uri, self.text)
        made: list[Edit] = []
        for edit in edits:
            start, end = (Position(**edit["range"][side]) for side in ("start", "end"))
            span = snapshot.span(Range(start, end), "utf-8")
            made.append(Edit(span.start, span.end, edit["newText"]))
        self.text = apply(self.text, sorted(made, key=lambda edit: (edit.start, edit.end)))
