import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.lsp.frames import FrameReader, frame

BODIES = [b"{}", b'{"a":"\r\n\r\n"}', b"", b"x" * 5000, "é😀".encode()]


@given(st.lists(st.sampled_from(BODIES), max_size=8), st.randoms(use_true_random=False))
def test_any_cutting_gives_the_same(bodies: list[bytes], cuts: random.Random) -> None:
    stream = b"".join(frame(body) for body in bodies)
    reader, found = FrameReader(), []
    while stream:
        size = cuts.randint(1, 40)
        found += reader.feed(stream[:size])
        stream = stream[size:]
    assert found == bodies


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Length: 2\r\n\r\n",
        b"content-length:2\r\n\r\n",
        b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n",
        b"Content-Length: 2 \r\nX-More: 1\r\n\r\n",
    ],
)
def test_headers_as_clients_write_them(header: bytes) -> None:
    assert FrameReader().feed(header + b"{}") == [b"{}"]


@pytest.mark.parametrize(
    "noise",
    [b"no length here\r\n\r\n", b"Content-Length: -1\r\n\r\n", b"Content-Length: many\r\n\r\n"],
)
def test_a_header_without_a_length_is_skipped(noise: bytes) -> None:
    assert FrameReader().feed(noise + frame(b"{}")) == [b"{}"]


def test_endless_noise_takes_no_memory() -> None:
    reader = FrameReader()
    for _ in range(100):
        assert reader.feed(b"x" * 65536) == []
    assert reader.feed(b"\r\n\r\n" + frame(b"{}")) == [b"{}"]
    assert len(reader._buffer) == 0
