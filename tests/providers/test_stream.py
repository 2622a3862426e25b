"""The decoders, on bytes cut anywhere."""

import itertools
import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.errors import BadResponse, CutShort
from homespun.providers.base import Chunk, Usage
from homespun.providers.openai_compatible import ChatDecoder, whole
from homespun.providers.reasoning import ThinkFilter
from homespun.providers.stream import Lines

EXAMPLES = 150 * (50 if os.environ.get("HOMESPUN_DEEP") == "1" else 1)


class Failed(Exception):
    pass


def decoder(*, holds: bool = False) -> ChatDecoder:
    return ChatDecoder(ThinkFilter(holds=holds), lambda event: Failed(json.dumps(event)))


def event(content: str = "", finish: str | None = None, **more: object) -> bytes:
    choice = {"index": 0, "delta": {"content": content}, "finish_reason": finish}
    body = {"choices": [choice], **more}
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


def decode(*pieces: bytes, holds: bool = False) -> Chunk:
    """All chunks of a stream as one."""
    made = decoder(holds=holds)
    chunks = [chunk for piece in pieces if (chunk := made.feed(piece))]
    chunks.append(made.finish())
    return Chunk(
        text="".join(chunk.text for chunk in chunks),
        reasoning="".join(chunk.reasoning for chunk in chunks),
        usage=chunks[-1].usage,
        finish=chunks[-1].finish,
        tokens=sum(chunk.tokens for chunk in chunks),
    )


def cut(data: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(bounds)]


STREAM = (
    b": ping\r\n\r\nevent: message\rid: 3\n"
    + event("naïve 🦜 ")
    + event("text\r\n").replace(b"data: ", b"data:").replace(b"\n", b"\r\n")
    + b'{"choices": [{"message": {"content": "as a line"}}]}\n'
    + b'data: {"choices": [{"delta": {"reasoning": "hm"}}]}\r\r'
    + event("", "stop")
    + b'data: {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 4}}\n\n'
    + b"data: [DONE]\n\n"
)


@settings(max_examples=EXAMPLES)
@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_any_cutting_gives_the_same(places: list[int]):
    assert decode(*cut(STREAM, places)) == Chunk(
        text="naïve 🦜 text\r\nas a line",
        reasoning="hm",
        usage=Usage(7, 4),
        finish="stop",
        tokens=4,
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (event("a", "stop"), Chunk(text="a", finish="stop", tokens=1)),
        (event("a") + b"data: [DONE]\n\n", Chunk(text="a", finish="stop", tokens=1)),
        (event("a", "length").rstrip(), Chunk(text="a", finish="length", tokens=1)),
        (event("a", "eos_token"), Chunk(text="a", finish="stop", tokens=1)),
        (event("", "stop", error=None), Chunk(finish="stop")),
        (
            event("a", "stop", usage={"prompt_tokens": 2, "completion_tokens": None}),
            Chunk(text="a", usage=Usage(2, 0), finish="stop", tokens=1),
        ),
        (
            b'data: {"choices":[{"delta":{"content":[{"type":"text","text":"part"}]},'
            b'"finish_reason":"stop"}]}\n',
            Chunk(text="part", finish="stop", tokens=1),
        ),
        (
            b'data: {"choices":[{"delta":{"thinking":"t"}}]}\n' + event("x", "stop"),
            Chunk(text="x", reasoning="t", finish="stop", tokens=2),
        ),
    ],
)
def test_shapes_that_servers_send(data: bytes, expected: Chunk):
    assert decode(data) == expected


def test_an_answer_that_came_as_reasoning_is_found_where_it_is_json():
    thought = b'data: {"choices":[{"delta":{"reasoning":%b}}]}\n'
    said = decode(thought % b'"{\\"a\\": "', thought % b'"1}"', event("", "stop"))
    assert said.text == '{"a": 1}'
    assert decode(thought % b'"just thoughts"', event("", "stop")).text == ""


@pytest.mark.parametrize(
    "data", [b"", event("a"), b'data: {"choices": []}\n\n', event("a", "abort")]
)
def test_a_stream_without_its_end_is_cut_short(data: bytes):
    with pytest.raises(CutShort):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"data: {\n",
        b"data: nonsense\n",
        b"data: []\n",
        b"data: 3\n",
        b'data: {"choices": 3}\n',
        b'data: {"choices": [3]}\n',
        b'data: {"choices": [{"delta": 3}]}\n',
        b'data: {"choices": [{"delta": {"content": 3}}]}\n',
        b'data: {"choices": [{"delta": {"content": [3]}}]}\n',
        b'data: {"choices": {"a": 1}}\n',
        b'data: {"choices": [{"delta": {"content": "\xff"}}]}\n',
        b"data: " + b"[" * 100_000 + b"\n",
        b'data: {"choices": [], "usage": 3}\n',
    ],
)
def test_what_is_no_event_is_refused(data: bytes):
    with pytest.raises(BadResponse):
        decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b'data: {"error": {"message": "m"}}\n',
        b'data: {"error": "m"}\n',
        b'data: {"object": "error", "message": "m"}\n',
        b'error: {"message": "m"}\n',
        b'{"error": "m"}\n',
    ],
)
def test_an_error_within_the_stream_is_told(data: bytes):
    with pytest.raises(Failed, match='"m"'):
        decode(event("a"), data)


def test_limits_on_a_line_and_on_all():
    lines = Lines(line_limit=10, total_limit=100)
    assert lines.feed(b"data: 1\n" * 3) == [b" 1"] * 3
    with pytest.raises(BadResponse, match="endless line"):
        for _ in range(6):
            lines.feed(b"xx")
    with pytest.raises(BadResponse, match="more than"):
        for _ in range(11):
            Lines(total_limit=100).feed(b"data: 789\n" * 11)


def test_a_long_line_in_small_pieces_takes_linear_time():
    lines = Lines()
    for _ in range(250_000):
        assert lines.feed(b"abc") == []
    assert lines.feed(b"\n") == []


def test_the_version_of_the_server_is_kept():
    made = decoder()
    made.feed(event("a", system_fingerprint="b1-0c1e570"))
    assert made.version == "b1-0c1e570"


def test_a_whole_answer():
    message = {"content": "<think>hm</think>yes", "reasoning_content": "so "}
    usage = {"prompt_tokens": 3, "completion_tokens": 5}
    body = {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}
    assert whole(body, ThinkFilter(holds=False)) == Chunk(
        text="yes", reasoning="so hm", usage=Usage(3, 5), finish="stop", tokens=5
    )


@pytest.mark.parametrize("body", [None, [], {}, {"choices": []}, {"choices": [{"message": 3}]}])
def test_a_whole_answer_of_another_shape_is_refused(body: object):
    with pytest.raises(BadResponse):
        whole(body, ThinkFilter(holds=False))


def test_a_whole_answer_without_a_finish_reason_is_cut_short():
    with pytest.raises(CutShort):
        whole({"choices": [{"message": {"content": "a"}}]}, ThinkFilter(holds=False))
