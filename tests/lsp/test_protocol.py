"""The connection: nothing is left behind, nothing stays without an answer."""

import asyncio
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types
from pygls.protocol import JsonRPCProtocol, LanguageServerProtocol

from homespun.lsp.server import Server, create
from lsp.editor import Editor, Failed, beside, capabilities
from lsp.scripted_server import PlainWriter, ScriptedEngine

NEOVIM = capabilities("neovim_0.11.4")
PLACE = {"textDocument": {"uri": "file:///a"}}
START = {"line": 0, "character": 0}


def tables(server: Server) -> tuple[int, ...]:
    connection = server.connection
    return (
        len(connection._request_futures), len(connection._result_types),
        len(connection.progress.tokens), len(connection.questions), len(server.jobs._running),
    )  # fmt: skip


@pytest.mark.parametrize(
    "name",
    [
        "_execute_handler", "_send_handler_result", "_check_handler_result", "_get_handler",
        "_handle_notification", "_handle_cancel_notification", "_send_data", "structure_message",
        "send_request_async", "get_result_type", "get_message_type", "_register_builtin_features",
    ],
)  # fmt: skip
def test_pygls_still_has_the_names_that_are_overridden_or_called(name: str) -> None:
    assert callable(getattr(LanguageServerProtocol, name))


def test_pygls_still_has_the_fields_that_are_used(server: Server) -> None:
    base = JsonRPCProtocol(server, server.connection._converter)
    for name in ("_request_futures", "_result_types", "_shutdown", "_ctx_msg_id", "_converter"):
        assert hasattr(base, name)
    assert "initialize" in server.connection.fm.builtin_features


async def test_a_thousand_notifications_and_a_hundred_cancelled_requests_leave_nothing(
    server: Server,
) -> None:
    async with beside(server, NEOVIM) as editor:
        uri = editor.open("file:///tmp/a.py", "x\n")
        await editor.request("homespun/history", {})
        before = tables(server)
        for _ in range(500):
            editor.change(uri, [{"range": {"start": START, "end": START}, "text": "y"}])
            editor.notify("$/setTrace", {"value": "off"})
        params = {"textDocument": {"uri": uri}, "instruction": "slow"}
        for _ in range(100):
            number = editor.send("homespun/edit", params)
            await editor.wait_for(lambda: server.jobs._running)
            editor.notify("$/cancelRequest", {"id": number})
            with pytest.raises(Failed, match="Cancelled") as failed:
                await editor.answer(number)
            assert failed.value.code == -32800
        assert tables(server) == before
        assert editor.text(uri) == server.documents.snapshot(uri).text == "y" * 500 + "x\n"


async def test_questions_never_answered_leave_nothing(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        await editor.request("homespun/history", {})
        before = tables(server)
        editor.answers["window/showMessageRequest"] = lambda _: asyncio.sleep(60)
        for _ in range(20):
            params = types.ShowMessageRequestParams(types.MessageType.Info, "?")
            question = server.connection.send_request_async("window/showMessageRequest", params)
            await asyncio.sleep(0)
            question.cancel()
            await asyncio.wait([question])
        assert tables(server) == before
        await editor.wait_for(lambda: len(editor.messages("$/cancelRequest")) == 20)


async def test_a_late_answer_is_dropped_in_silence(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        await server.engine()
        editor.write({"jsonrpc": "2.0", "id": "homespun-77", "result": {"applied": True}})
        editor.write({"jsonrpc": "2.0", "id": None, "error": {"code": 1, "message": "?"}})
        assert await editor.request("homespun/history", {})
        assert editor.messages("window/showMessage") == []


@pytest.mark.parametrize(
    ("method", "params", "named"),
    [
        ("homespun/edit", {}, "textDocument"),
        ("homespun/edit", {**PLACE, "instructions": "x"}, "instructions"),
        (
            "homespun/edit",
            {**PLACE, "range": {"start": START, "end": {"line": -1}}},
            "range.end.line",
        ),
        ("homespun/edit", {"textDocument": {"uri": 5}}, "textDocument.uri"),
        ("homespun/edit", {**PLACE, "scope": "galaxy"}, "scope"),
        ("homespun/edit", [1], "params"),
        ("homespun/history", {"limit": 0}, "limit"),
        ("textDocument/codeAction", {"range": 1}, "textDocument"),
        ("textDocument/hover", {}, "textDocument/hover"),
        ("workspace/executeCommand", {"command": "homespun.nothing"}, "homespun.nothing"),
        ("workspace/executeCommand", {"arguments": []}, "command"),
        ("initialize", {"capabilities": {}}, "initialized"),
    ],
)
async def test_wrong_parameters_are_named(
    server: Server, method: str, params: object, named: str
) -> None:
    async with beside(server, NEOVIM) as editor:
        with pytest.raises(Failed) as failed:
            await editor.request(method, params)
        assert failed.value.code in (-32602, -32600, -32803)
        assert named in failed.value.message
        assert (await editor.request("homespun/history", {}))["entries"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[" * 100_000, -32700),
        (b'{"id": [], "method": "homespun/history"}', -32600),
        (b'{"id": 1, "method": []}', -32600),
        (b"{oops", -32700),
        (b"\xff\xfe", -32700),
        (b"[]", -32600),
        (b"null", -32600),
    ],
)
async def test_what_is_no_message_is_answered_and_survived(
    server: Server, body: bytes, code: int
) -> None:
    async with beside(server, NEOVIM) as editor:
        editor._waiting[None] = asyncio.get_running_loop().create_future()
        server.connection.receive(body)
        answer = await editor._waiting[None]
        assert answer["error"]["code"] == code
        assert await editor.request("homespun/history", {})


async def test_unknown_methods_are_refused_and_unknown_notifications_ignored(
    server: Server,
) -> None:
    async with beside(server, NEOVIM) as editor:
        editor.notify("homespun/nothing", {})
        editor.notify("textDocument/didChange", {"nonsense": 1})
        editor.notify("textDocument/didOpen", {"nonsense": 1})
        with pytest.raises(Failed) as failed:
            await editor.request("homespun/nothing", {})
        assert failed.value.code == -32601


async def test_a_failure_on_purpose_has_code_and_hint(server: Server) -> None:
    async with beside(server, NEOVIM) as editor:
        uri = editor.open("file:///tmp/a.py", "x\n")
        with pytest.raises(Failed) as failed:
            await editor.request(
                "homespun/edit", {"textDocument": {"uri": uri}, "instruction": "fail"}
            )
        assert failed.value.code == -32803
        assert failed.value.message == "127.0.0.1:1 cannot be reached."
        assert failed.value.data == {"code": "unreachable", "hint": "Start the server."}


async def test_a_fault_of_our_own_tells_no_text_and_no_path(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with beside(server, NEOVIM) as editor:
        uri = editor.open("file:///tmp/a.py", "secret\n")
        with pytest.raises(Failed) as failed:
            await editor.request(
                "homespun/edit", {"textDocument": {"uri": uri}, "instruction": "crash"}
            )
        told = json.dumps([failed.value.message, failed.value.data])
        assert failed.value.code == -32603 and "RuntimeError" in told
        assert "secret" not in told + caplog.text and "/" not in told
        assert "_crash" in caplog.text


async def test_requests_before_initialize_and_after_shutdown_are_refused(server: Server) -> None:
    early = Editor(NEOVIM, lambda _: None)
    server.connection.set_writer(type("Out", (), {"write": lambda _, data: early.heard(data)})())
    early._waiting[9] = asyncio.get_running_loop().create_future()
    server.connection.receive(b'{"jsonrpc":"2.0","id":9,"method":"homespun/history"}')
    assert (await early._waiting[9])["error"]["code"] == -32002
    async with beside(server, NEOVIM) as editor:
        await editor.request("shutdown", None)
        with pytest.raises(Failed) as failed:
            await editor.request("homespun/history", {})
        assert failed.value.code == -32600


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5))
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=4)
METHODS = st.sampled_from(
    ["initialize", "shutdown", "textDocument/didChange", "textDocument/didOpen", "$/cancelRequest",
     "homespun/edit", "workspace/executeCommand", "window/workDoneProgress/cancel", "x"]
)  # fmt: skip
MESSAGES = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0")},
    optional={
        "id": JSON,
        "method": st.one_of(METHODS, JSON),
        "params": st.one_of(JSON, st.dictionaries(st.sampled_from(["textDocument", "id"]), JSON)),
        "result": JSON,
        "error": JSON,
    },
)


@settings(max_examples=150 * (50 if os.environ.get("HOMESPUN_DEEP") else 1))
@given(st.lists(MESSAGES, max_size=4))
def test_no_message_at_all_raises(messages: list[dict]) -> None:
    async def play() -> None:
        server = create(ScriptedEngine, lambda _: PlainWriter())
        async with beside(server, NEOVIM):
            for message in messages:
                server.connection.receive(json.dumps(message).encode())
                await asyncio.sleep(0)

    asyncio.run(play())
