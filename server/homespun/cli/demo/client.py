"""A language client, as small as one can be: it starts the server and speaks LSP with it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import IO, Any

from homespun.errors import HomespunError, ServerFault

Message = dict[str, Any]
Answer = Callable[[Any], object]
"""Takes the parameters of a request or notification from the server; gives the answer to it."""

_PATIENCE = 600.0
"""Seconds for one answer: a real model may first have to be loaded."""


class Client:
    """One conversation with a language server, over its stdin and stdout."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        answers: Mapping[str, Answer],
    ) -> None:
        """`answers` by method; what is not in it is answered with null."""
        self._process = process
        self._answers = answers
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._next = 0
        self._listening = asyncio.create_task(self._listen())

    async def request(self, method: str, params: object) -> Any:
        """The server's answer. Raises `HomespunError` with the server's own message and hint."""
        self._next += 1
        answer = self._waiting[self._next] = asyncio.get_running_loop().create_future()
        self._send({"id": self._next, "method": method, "params": params})
        return await asyncio.wait_for(answer, _PATIENCE)

    def notify(self, method: str, params: object) -> None:
        """Tell the server something."""
        self._send({"method": method, "params": params})

    async def stop(self) -> int:
        """Shut the server down as the protocol wants it; its exit code."""
        await self.request("shutdown", None)
        self.notify("exit", None)
        return await asyncio.wait_for(self._process.wait(), 10)

    async def close(self) -> None:
        """Let go of the process, in whatever state it is."""
        self._listening.cancel()
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    def _send(self, message: Message) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stdin = self._process.stdin
        if stdin is not None and not stdin.is_closing():
            stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    async def _listen(self) -> None:
        stdout = self._process.stdout
        try:
            while stdout is not None:
                self._take(await _read_message(stdout))
        except (EOFError, OSError, ValueError):
            gone = ServerFault("The language server ended without an answer.")
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(gone)

    def _take(self, message: Message) -> None:
        if "method" not in message:
            self._settle(message)
            return
        answer = self._answers.get(message["method"], _nothing)(message.get("params"))
        if "id" in message:
            self._send({"id": message["id"], "result": answer})

    def _settle(self, message: Message) -> None:
        answer = self._waiting.pop(message["id"], None)
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(_failure(message["error"]))
        else:
            answer.set_result(message.get("result"))


@asynccontextmanager
async def server(
    environ: Mapping[str, str], answers: Mapping[str, Answer], log: IO[bytes]
) -> AsyncGenerator[Client]:
    """Start `homespun lsp` with this environment; it is gone when this is left.

    `log` takes what it writes to its standard error.
    """
    process = await asyncio.create_subprocess_exec(
        *_command(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        env=dict(environ),
    )
    client = Client(process, answers)
    try:
        yield client
    finally:
        await client.close()


def _command() -> Sequence[str]:
    return (sys.executable, "-m", "homespun", "lsp")


async def _read_message(stream: asyncio.StreamReader) -> Message:
    """The next message, after its header (LSP, base protocol)."""
    head = (await stream.readuntil(b"\r\n\r\n")).decode("ascii")
    fields = dict(line.split(": ", 1) for line in head.split("\r\n") if line)
    return json.loads(await stream.readexactly(int(fields["Content-Length"])))


def _failure(error: Message) -> HomespunError:
    data: Message = error.get("data") or {}
    return ServerFault(str(error.get("message", "The server failed.")), str(data.get("hint", "")))


def _nothing(params: object) -> None:
    return None
