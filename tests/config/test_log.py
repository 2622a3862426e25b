from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from homespun.config.log import Log, LogFile
from homespun.config.schema import LoggingSettings
from homespun.core.logs import provider_log

OWN = logging.getLogger("homespun")


@pytest.fixture(autouse=True)
def as_before() -> Generator[None]:
    """`logging` is one for the whole process: each test leaves it as it was."""
    handlers, level = list(OWN.handlers), OWN.level
    yield
    OWN.handlers[:] = handlers
    OWN.setLevel(level)
    for name in ("loud", "a.b", "gone"):
        logging.getLogger(provider_log(name)).setLevel(logging.NOTSET)


def words(path: Path) -> list[str]:
    return [line.rpartition(": ")[2] for line in path.read_text().splitlines()]


def log_to(path: Path, **settings: object) -> Log:
    log = Log(path)
    log.heed(LoggingSettings.model_validate(settings))
    return log


def test_the_level_decides(tmp_path: Path) -> None:
    log = log_to(tmp_path / "deep" / "homespun.log", level="info")
    OWN.debug("quiet")
    logging.getLogger("homespun.engine").info("said")
    log.heed(LoggingSettings(level="error"))
    OWN.warning("quiet too")
    OWN.error("failed")
    assert words(tmp_path / "deep" / "homespun.log") == ["said", "failed"]


def test_a_provider_has_a_level_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "homespun.log"
    log = log_to(path, level="warning", providers={"loud": "debug", "a.b": "debug"})
    loud, dotted, other = (logging.getLogger(provider_log(n)) for n in ("loud", "a.b", "a"))
    loud.debug("heard")
    dotted.debug("heard as well")
    other.info("not heard")
    log.heed(LoggingSettings(level="warning"))
    loud.debug("not heard any more")
    assert words(path) == ["heard", "heard as well"]


def test_a_later_log_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    log_to(tmp_path / "first.log")
    log_to(tmp_path / "second.log")
    OWN.info("once")
    assert not (tmp_path / "first.log").exists()
    assert words(tmp_path / "second.log") == ["once"]


def test_warnings_go_to_standard_error_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_to(tmp_path / "homespun.log")
    OWN.info("for the file")
    OWN.warning("for all")
    assert capsys.readouterr().err == "for all\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_its_user_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "log" / "homespun.log"
    log_to(path)
    OWN.info("said")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_full_file_is_put_aside_and_the_oldest_goes(tmp_path: Path) -> None:
    handler = LogFile(tmp_path / "h.log", largest=300)
    for number in range(40):
        handler.emit(logging.makeLogRecord({"msg": f"line {number:03}"}))
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["h.log", "h.log.1", "h.log.2"]
    assert all(file.stat().st_size < 400 for file in files)
    said = "".join(path.read_text() for path in reversed(files))
    kept = [f"line {number:03}" for number in range(40) if f"line {number:03}" in said]
    assert kept[-1] == "line 039"
    assert 5 < len(kept) < 40
    assert kept == [f"line {number:03}" for number in range(40 - len(kept), 40)]


def test_processes_share_a_file_without_losing_lines(tmp_path: Path) -> None:
    path = tmp_path / "h.log"
    script = (
        "import logging, pathlib, sys\n"
        "from homespun.config.log import LogFile\n"
        "handler = LogFile(pathlib.Path(sys.argv[1]))\n"
        "for number in range(200):\n"
        "    handler.emit(logging.makeLogRecord({'msg': f'{sys.argv[2]} {number}'}))\n"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in ("a", "b")
    ]
    assert [child.wait(60) for child in children] == [0, 0]
    assert sorted(words(path)) == sorted(f"{name} {n}" for name in "ab" for n in range(200))


@pytest.mark.parametrize("message", ["lone \ud800 surrogate", "wrong %d"])
def test_what_cannot_be_written_stops_nothing(tmp_path: Path, message: str) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "h.log", tmp_path / "file" / "below.log"):
        LogFile(path).emit(logging.makeLogRecord({"msg": message, "args": ("x",)}))
    assert (tmp_path / "file").read_text() == ""
