"""The user's yes: kept for one workspace and one destination, and never assumed."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from homespun.errors import KeepingFailed
from homespun.security.consent import Consents

THERE = "openai/gpt at https://api.example.com"


def test_a_yes_is_for_one_workspace_and_one_destination(tmp_path: Path) -> None:
    file = tmp_path / "state" / "consents.json"
    consents = Consents(file)
    assert not consents.given("/project", THERE)
    consents.give("/project", THERE)
    consents.give("/project", THERE)
    again = Consents(file)
    assert again.given("/project", THERE)
    assert again.given("/project/", THERE)
    assert not again.given("/project", THERE + "/v2")
    assert not again.given("/project-2", THERE)
    assert not again.given("/project/sub", THERE)


def test_a_yes_can_be_taken_back(tmp_path: Path) -> None:
    consents = Consents(tmp_path / "consents.json")
    for folder, destination in (("/a", THERE), ("/a", "other"), ("/b", THERE)):
        consents.give(folder, destination)
    consents.withdraw("/a", THERE)
    consents.withdraw("/never", THERE)
    assert not consents.given("/a", THERE)
    assert consents.given("/a", "other")
    assert consents.given("/b", THERE)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"/project": "openai"}',
        b'{"/project": [1]}', b'{"/project": {"openai/gpt at https://api.example.com": true}}',
    ],
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_a_no_and_can_be_written_again(
    tmp_path: Path, data: bytes
) -> None:
    file = tmp_path / "consents.json"
    file.write_bytes(data)
    consents = Consents(file)
    assert not consents.given("/project", THERE)
    consents.give("/project", THERE)
    assert consents.given("/project", THERE)


@pytest.mark.skipif(os.name == "nt", reason="modes mean little on Windows")
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "state" / "consents.json"
    Consents(file).give("/project", THERE)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in file.parent.iterdir()] == ["consents.json"]


def test_a_yes_that_cannot_be_kept_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with pytest.raises(KeepingFailed, match=r"consents\.json") as failure:
        Consents(tmp_path / "state" / "consents.json").give("/project", THERE)
    assert failure.value.hint


def test_answers_given_at_once_are_all_kept(tmp_path: Path) -> None:
    consents = Consents(tmp_path / "consents.json")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: consents.give(f"/p{n % 4}", f"d{n}"), range(32)))
    assert all(consents.given(f"/p{n % 4}", f"d{n}") for n in range(32))
