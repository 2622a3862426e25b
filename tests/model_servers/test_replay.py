import socket
import time

import httpx
import pytest

from model_servers.replay import Replay, replaying
from model_servers.transcript import Piece, Transcript, names, recorded

ASK = b"POST /v1/chat/completions HTTP/1.1\r\nHost: there\r\nContent-Length: 2\r\n\r\n{}"
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def made(*pieces: bytes, gap: float = 0.0, client_closed: bool = False) -> Transcript:
    timed = tuple(Piece(number * gap, piece) for number, piece in enumerate(pieces))
    return Transcript("made", ASK, timed, len(pieces) * gap, client_closed)


def ask(replay: Replay, request: bytes = ASK) -> bytes:
    """All that the endpoint sends until it closes the connection."""
    port = int(replay.address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("name", [name for name in names() if "cancel" not in name])
def test_each_recording_comes_back_byte_for_byte(name: str):
    transcript = recorded(name)
    method, path = transcript.route
    with replaying(transcript) as replay:
        assert ask(replay, f"{method} {path} HTTP/1.1\r\n\r\n".encode()) == transcript.response


def test_what_was_asked_is_kept():
    with replaying(recorded("vllm/chat")) as replay:
        httpx.post(f"{replay.address}/v1/chat/completions", json={"a": 1}, headers={"X-B": "c"})
    (heard,) = replay.heard
    assert (heard.method, heard.path) == ("POST", "/v1/chat/completions")
    assert heard.headers["x-b"] == "c"
    assert heard.body == b'{"a":1}'


def test_recordings_of_one_route_are_served_in_turn():
    with replaying(made(b"first"), made(b"second")) as replay:
        assert [ask(replay) for _ in range(3)] == [b"first", b"second", b"second"]


def test_a_route_without_a_recording_is_a_404():
    with replaying(recorded("vllm/chat")) as replay:
        answer = httpx.get(f"{replay.address}/props")
    assert answer.status_code == 404
    assert answer.json() == {"error": {"message": "not recorded"}}


def test_an_abrupt_end_stays_abrupt():
    with (
        replaying(recorded("llama-server/killed-midstream")) as replay,
        pytest.raises(httpx.RemoteProtocolError, match="incomplete chunked read"),
    ):
        httpx.post(f"{replay.address}/v1/chat/completions")


def test_pauses_are_kept_when_asked_for():
    with replaying(made(b"a", b"b", b"c", gap=40.0), pace=0.5) as replay:
        started = time.monotonic()
        assert ask(replay) == b"abc"
        assert time.monotonic() - started >= 0.06


def test_a_stream_that_the_client_cut_stays_open_until_the_client_closes():
    with (
        replaying(made(HEAD, b"2\r\nhi\r\n", client_closed=True)) as replay,
        httpx.stream("POST", f"{replay.address}/v1/chat/completions") as answer,
    ):
        arriving = answer.iter_raw()
        assert next(arriving) == b"hi"
        assert not replay.hung_up.is_set()
        answer.close()
        assert replay.hung_up.wait(5)
