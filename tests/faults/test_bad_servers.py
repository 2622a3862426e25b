"""Every way in which a model server can fail: one clear message, and nothing is changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from pygls.exceptions import JsonRpcException

from homespun.providers.scripted import Script, ScriptedEndpoint, Turn
from lsp.plain_client import Client, client

TEXT = "def add(a, b):\n    return a - b\n"
GOOD = json.dumps({"summary": "Adds.", "text": "def add(a, b):\n    return a + b\n"})


@dataclass(frozen=True)
class Fault:
    """What the server does, and the code of the error that the user gets."""

    code: str
    turn: Turn = field(default_factory=Turn)
    key: str = ""


FAULTS = {
    "garbage for a reply": Fault("malformed", Turn("I would rather not.", times=9)),
    "a reply cut by its length": Fault("cut_short", Turn(GOOD, finish="length")),
    "a connection cut in mid-stream": Fault("cut_short", Turn(GOOD, fault="cut", after=4)),
    "no end mark": Fault("cut_short", Turn(GOOD, fault="no_finish")),
    "closed before any answer": Fault("unreachable", Turn(fault="close", times=9)),
    "an error inside the stream": Fault("server_fault", Turn(GOOD, fault="error", after=3)),
    "events that are no JSON": Fault("bad_response", Turn(GOOD, fault="garbage")),
    "an endless line": Fault("bad_response", Turn(GOOD, fault="endless_line")),
    "a reply without end": Fault("bad_response", Turn(GOOD, fault="huge")),
    "a redirect to another origin": Fault("bad_response", Turn(fault="redirect")),
    "a page of HTML": Fault(
        "bad_response", Turn(headers={"Content-Type": "text/html"}, body="<html>Sign in</html>")
    ),
    "a wrong key": Fault("wrong_key", Turn(GOOD), key="another"),
    "an unknown model": Fault(
        "unknown_model",
        Turn(status=404, body={"error": {"message": "The model `x` does not exist."}}, times=9),
    ),
    "a fault of its own": Fault("server_fault", Turn(status=500, body="oops", times=9)),
}


async def ask(user: Client, uri: str) -> dict[str, object]:
    place = {"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 4}}
    given = {"textDocument": {"uri": uri}, "range": place, "instruction": "Mend it.", "wait": True}
    return await user.command("homespun.edit", given)


def environ(address: str) -> dict[str, str]:
    return {"HOMESPUN_MODEL": "vllm/scripted", "VLLM_BASE_URL": address, "VLLM_API_KEY": "mine"}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_bad_server(fault: Fault, tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(TEXT)
    script = Script((fault.turn,), key=fault.key)
    async with (
        ScriptedEndpoint(script) as endpoint,
        client("neovim_0.11.4", root, tmp_path, environ(endpoint.base_url)) as user,
    ):
        uri = user.open("a.py")
        with pytest.raises(JsonRpcException) as failure:
            await ask(user, uri)
        assert failure.value.data["code"] == fault.code
        assert failure.value.message.strip()
        assert failure.value.data.keys() == {"code", "hint"}
        assert "Traceback" not in str(failure.value.data)
        assert user.texts[uri] == TEXT
        assert await user.actions(uri, 1), "the server lives on"


async def test_a_dead_server_and_then_a_living_one(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.py").write_text(TEXT)
    endpoint = ScriptedEndpoint(Script.of(GOOD))
    async with endpoint:
        address = endpoint.base_url
    async with client("helix_25.07", root, tmp_path, environ(address)) as user:
        uri = user.open("a.py")
        with pytest.raises(JsonRpcException) as failure:
            await ask(user, uri)
        assert failure.value.data["code"] == "unreachable"
        assert user.texts[uri] == TEXT
