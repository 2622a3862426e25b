"""The least that a server on pygls can be: sync, code actions without any, a stream on request."""

from __future__ import annotations

import json

from lsprotocol import types
from pygls.lsp.server import LanguageServer

server = LanguageServer("bare", "1")


@server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
def code_action(params: types.CodeActionParams) -> list[types.CodeAction]:
    return []


@server.feature("bare/stream")
async def stream(ls: LanguageServer, params: object) -> None:
    """Read a chat's stream as most clients do, by httpx's lines, until it ends or is cancelled."""
    import httpx

    address = params.address  # type: ignore[attr-defined]
    async with (
        httpx.AsyncClient(trust_env=False, verify=False) as client,
        client.stream("POST", f"{address}/v1/chat/completions", json={"stream": True}) as response,
    ):
        async for line in response.aiter_lines():
            if line.startswith("data: {"):
                json.loads(line[6:])


if __name__ == "__main__":
    server.start_io()
