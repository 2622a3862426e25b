"""The demo really does what it shows, and touches nothing of the user's."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.shell import Shell


@dataclass(frozen=True)
class Performance:
    """A piped run of the demo, on a machine whose user has set another model."""

    run: subprocess.CompletedProcess[str]
    home: Path
    temporary: Path


@pytest.fixture(scope="module")
def performance(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    folder = tmp_path_factory.mktemp("demo")
    shell = Shell(folder, {"HOMESPUN_MODEL": "evil/model"})
    shell.config.parent.mkdir(parents=True)
    shell.config.write_text('model = "evil/model"\n')
    temporary = folder / "tmp"
    temporary.mkdir()
    shell.environ |= {name: str(temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    return Performance(shell.run("demo"), shell.home, temporary)


def test_goes_from_failing_test_to_undo(performance: Performance) -> None:
    run = performance.run
    assert (run.returncode, run.stderr) == (0, ""), run.stdout
    steps = [
        "a scripted model plays",
        "✗ test_no_cent_is_lost",
        "# homespun: hand out the cents",
        "answered initialize in",
        "> Homespun: do “hand out the cents",
        "✓ the model reads",
        "✓ the model thinks",
        "✓ the model writes",
        "✓ one edit, applied",
        "-    share = cents // people",
        "+    share, left_over = divmod(cents, people)",
        "scripted/scripted (local)",
        "✓ Ran 5 tests: OK",
        "✓ the file is as it was, byte for byte",
    ]
    places = [run.stdout.find(step) for step in steps]
    assert -1 not in places, run.stdout
    assert places == sorted(places)


def test_tokens_are_told_with_their_speed(performance: Performance) -> None:
    wanted = r"the model writes +\d+\.\d s +\d{2,} tokens, \d+ a second"
    assert re.search(wanted, performance.run.stdout)


def test_piped_it_is_plain(performance: Performance) -> None:
    assert "\x1b" not in performance.run.stdout
    lines = performance.run.stdout.splitlines()
    assert [line for line in lines if line != line.rstrip() and line.strip()] == []


def test_leaves_nothing_behind(performance: Performance) -> None:
    assert list(performance.temporary.iterdir()) == []
    files = [path.name for path in performance.home.rglob("*") if path.is_file()]
    assert files == ["config.toml"]


def test_settings_of_the_user_play_no_part(performance: Performance) -> None:
    assert "evil" not in performance.run.stdout
