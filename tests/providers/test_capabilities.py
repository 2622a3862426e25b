"""What endpoints have proven, kept between starts."""

import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from homespun.providers.base import Endpoint, Window
from homespun.providers.capabilities import Capabilities, Proven
from homespun.providers.connect import connect
from homespun.providers.dialect import Dialect
from homespun.providers.http import Http
from model_servers.process import free_port

ENDPOINT = Endpoint("vllm", "mine", "http://127.0.0.1:1", "m", api_key="sk-secret")
BEST = Dialect.of(ENDPOINT)
LOWER = replace(
    BEST,
    format="json_object",
    streaming=False,
    limit="max_completion_tokens",
    optional=frozenset(),
    holds_thoughts=True,
)


def test_a_lesson_outlives_the_process_and_belongs_to_its_model(tmp_path: Path):
    file = tmp_path / "state" / "capabilities.json"
    Capabilities(file).learn(ENDPOINT, LOWER, "v1")
    again = Capabilities(file)
    assert again.dialect(ENDPOINT) == LOWER
    assert again.dialect(replace(ENDPOINT, model="other")) == BEST
    assert again.dialect(replace(ENDPOINT, base_url="http://127.0.0.1:2")) == BEST
    assert "sk-secret" not in file.read_text()
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_another_version_is_asked_anew():
    known = Capabilities()
    known.learn(ENDPOINT, LOWER, "v1")
    known.saw(ENDPOINT, "v1")
    known.saw(ENDPOINT, "")
    assert known.dialect(ENDPOINT) == LOWER
    known.saw(ENDPOINT, "v2")
    assert known.dialect(ENDPOINT) == BEST


def test_the_users_word_on_json_counts_before_the_kinds_and_what_was_seen():
    declared = replace(ENDPOINT, formats=("json_object",))
    known = Capabilities()
    assert known.dialect(declared).format == "json_object"
    assert known.dialect(replace(ENDPOINT, formats=())).format == "text"
    known.learn(ENDPOINT, replace(BEST, format="json_schema", streaming=False), "")
    assert known.dialect(declared).format == "json_object"
    assert known.dialect(declared).streaming is False


async def test_a_window_that_a_test_has_seen_is_kept_where_the_server_does_not_tell_now():
    known, http = Capabilities(), Http()
    nobody = replace(ENDPOINT, base_url=f"http://127.0.0.1:{free_port()}")
    known.prove(nobody, Proven(window=4096))
    assert await connect(nobody, http, known).window() == Window(4096, guessed=False)
    assert (await connect(nobody, http, Capabilities()).window()).guessed
    await http.close()


def test_a_lesson_is_forgotten_after_two_weeks():
    now = [1000.0]
    known = Capabilities(clock=lambda: now[0])
    known.learn(ENDPOINT, LOWER, "")
    now[0] += 13 * 24 * 3600
    assert known.dialect(ENDPOINT) == LOWER
    now[0] += 2 * 24 * 3600
    assert known.dialect(ENDPOINT) == BEST


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b'{"format": 2, "endpoints": {}}',
        b'{"format": 1, "endpoints": []}',
        b'{"format": 1, "endpoints": {"http://127.0.0.1:1 m": 3}}',
        b'{"format": 1, "endpoints": {"http://127.0.0.1:1 m": {"at": "x", "dialect": 1}}}',
        b'{"format": 1, "endpoints": {"http://127.0.0.1:1 m": {"at": 5, "dialect": '
        b'{"format": "xml", "limit": 3, "optional": [3], "streaming": "no"}}}}',
    ],
)
def test_a_broken_file_costs_nothing(tmp_path: Path, content: bytes):
    file = tmp_path / "capabilities.json"
    file.write_bytes(content)
    known = Capabilities(file, clock=lambda: 10.0)
    found = known.dialect(ENDPOINT)
    assert replace(found, optional=BEST.optional) == BEST
    known.learn(ENDPOINT, LOWER, "")
    assert Capabilities(file, clock=lambda: 10.0).dialect(ENDPOINT) == LOWER


def test_a_place_that_cannot_be_written_costs_nothing(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    known = Capabilities(blocked / "capabilities.json")
    known.learn(ENDPOINT, LOWER, "")
    assert known.dialect(ENDPOINT) == LOWER


def test_the_users_own_setting_is_not_overruled():
    known = Capabilities()
    known.learn(ENDPOINT, BEST, "")
    assert known.dialect(replace(ENDPOINT, streaming=False)).streaming is False


def test_what_a_test_saw_stays_beside_what_is_learned_later(tmp_path: Path):
    file = tmp_path / "capabilities.json"
    known = Capabilities(file)
    assert known.proven(ENDPOINT) == Proven()
    seen = Proven(tools=True, vision=False, reasoning=None, window=4096)
    known.prove(ENDPOINT, seen)
    known.learn(ENDPOINT, LOWER, "v1")
    known.learn(ENDPOINT, BEST, "v1")
    again = Capabilities(file)
    assert again.proven(ENDPOINT) == seen
    assert again.dialect(ENDPOINT) == BEST
    again.saw(ENDPOINT, "v2")
    assert again.proven(ENDPOINT) == Proven()


def test_what_a_test_saw_is_not_believed_from_a_broken_file(tmp_path: Path):
    file = tmp_path / "capabilities.json"
    file.write_text(
        '{"format": 1, "endpoints": {"http://127.0.0.1:1 m": {"at": 5, "proven":'
        ' {"tools": "yes", "window": -1, "vision": true}}}}'
    )
    assert Capabilities(file, clock=lambda: 10.0).proven(ENDPOINT) == Proven(vision=True)


async def test_who_said_the_window_is_told():
    known, http = Capabilities(), Http()
    nobody = replace(ENDPOINT, base_url=f"http://127.0.0.1:{free_port()}")
    known.prove(nobody, Proven(window=4096))
    seen = await connect(nobody, http, known).window()
    own = await connect(replace(nobody, window=5), http, known).window()
    assert (seen.by, own.by) == ("an earlier test", "your settings")
    await http.close()
