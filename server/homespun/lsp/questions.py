"""Requests of the server's own that wait for the editor's answer.

pygls keeps its own for ever where the editor never answers, and breaks where the answer comes
after the asker was cancelled. Here a question is forgotten once nobody waits, and a late answer
finds none.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from typing import Any

from cattrs import Converter
from lsprotocol.types import ResponseError
from pygls.exceptions import JsonRpcException

Number = str | int


class Questions:
    """The open questions by their numbers."""

    def __init__(self, converter: Converter) -> None:
        self._converter = converter
        self._open: dict[Number, tuple[asyncio.Future[Any], type[Any] | None]] = {}
        self._numbers = itertools.count(1)

    def __len__(self) -> int:
        return len(self._open)

    def open(self, number: Number | None, answer: type[Any] | None) -> Number:
        """Open a question; `answer` is the LSP message that is expected, None for plain JSON."""
        number = number or f"homespun-{next(self._numbers)}"
        self._open[number] = (asyncio.get_running_loop().create_future(), answer)
        return number

    async def answer(self, number: Number) -> Any:
        """The answer, once it is there. Raises `JsonRpcException` where that is an error."""
        try:
            return await self._open[number][0]
        finally:
            del self._open[number]

    def settle(self, message: Mapping[str, Any]) -> None:
        """Take in an answer of the editor's; one that nobody waits for is dropped."""
        future, kind = self._open.get(message.get("id", ""), (None, None))
        if future is None or future.done():
            return
        try:
            if "error" in message:
                error = self._converter.structure(message["error"], ResponseError)
                future.set_exception(JsonRpcException.from_error(error))
            elif kind is None:
                future.set_result(message.get("result"))
            else:
                future.set_result(self._converter.structure(message, kind).result)
        except Exception:
            future.set_exception(JsonRpcException("The editor's answer is not as LSP has it."))
