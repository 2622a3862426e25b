import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_servers.depth import examples
from model_servers.transcript import BadTranscript, Piece, Transcript, names, parse, recorded

REQUEST = b"GET /v1/models HTTP/1.1\r\nHost: there\r\n\r\n"


def written(request: bytes, pieces: list[bytes], end: str = "eof") -> bytes:
    """What the recorder writes; piece number n at n ms."""
    parts = [b">>> REQUEST\n", request, b"\n"]
    for number, piece in enumerate(pieces):
        parts += [b"\n<<< +%d.000 ms %d bytes\n" % (number, len(piece)), piece]
    total = sum(map(len, pieces))
    parts.append(
        b"\n=== %s at +%d.500 ms, %d recv, %d bytes\n"
        % (end.encode(), len(pieces), len(pieces), total)
    )
    return b"".join(parts)


def test_every_transcript_can_be_read():
    assert len(names()) == 181
    for name in names():
        assert recorded(name).status in range(200, 600), name


@pytest.mark.parametrize("name", names())
def test_every_transcript_is_framed_as_it_says(name: str):
    head, _, body = recorded(name).response.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
    if b"content-length" in fields:
        assert len(body) == int(fields[b"content-length"])
    elif b"transfer-encoding" in fields:
        while body and (size := int(body.split(b"\r\n", 1)[0], 16)):
            body = body.split(b"\r\n", 1)[1]
            assert body[size:].startswith(b"\r\n") or len(body) <= size
            body = body[size + 2 :]


def test_a_transcript_tells_its_route_and_its_times():
    transcript = recorded("vllm/err-401-nokey")
    assert transcript.route == ("POST", "/v1/chat/completions")
    assert transcript.status == 401
    assert transcript.response.endswith(b'{"error":"Unauthorized"}')
    assert [piece.at for piece in transcript.pieces] == [0.203, 0.220]
    assert transcript.ended_at == 0.245
    assert not transcript.client_closed
    assert recorded("llama-server/cancel-stream").client_closed


# Pieces may hold anything, even what looks like the format's own lines.
LOOKALIKES = st.sampled_from([b"\n<<< +1.000 ms 3 bytes\n", b"\n=== eof at +1.0 ms", b"\r\n", b""])
PIECES = st.lists(st.lists(st.one_of(st.binary(max_size=20), LOOKALIKES), max_size=3).map(b"".join))


@settings(max_examples=examples(100))
@given(PIECES, st.sampled_from(["eof", "client closed"]))
def test_what_was_written_is_read_again(pieces: list[bytes], end: str):
    assert parse("made", written(REQUEST, pieces, end)) == Transcript(
        "made",
        REQUEST,
        tuple(Piece(float(number), piece) for number, piece in enumerate(pieces)),
        len(pieces) + 0.5,
        end == "client closed",
    )


GOOD = written(REQUEST, [b"one", b"three"])


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no request"),
        (b">>> REQUEST\nGET / HTTP/1.1\r\n\r\n", "nothing after it"),
        (GOOD.replace(b"5 bytes", b"4 bytes"), "neither a piece nor the end at byte"),
        (GOOD.replace(b"5 bytes", b"5000 bytes"), "is cut off"),
        (GOOD.replace(b"2 recv", b"3 recv"), "3 pieces and 8 bytes promised, 2 and 8 there"),
        (GOOD.replace(b"8 bytes", b"9 bytes"), "2 pieces and 9 bytes promised, 2 and 8 there"),
        (GOOD + b"more", "neither a piece nor the end"),
    ],
)
def test_a_broken_transcript_is_refused_with_its_reason(content: bytes, complaint: str):
    with pytest.raises(BadTranscript, match=f"made: .*{complaint}"):
        parse("made", content)


@settings(max_examples=examples(100))
@given(st.integers(0, len(GOOD) - 2))
def test_a_transcript_cut_anywhere_is_refused(length: int):
    with pytest.raises(BadTranscript):
        parse("made", GOOD[:length])
