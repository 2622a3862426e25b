import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from model_servers.commands import run
from model_servers.install import PARTS, Part, install, main


def part(source: Path, make: Callable[[Path], None]) -> Part:
    return Part("thing", make, (source,))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "thing.lock"
    file.write_text("thing==1")
    return file


def test_a_part_is_made_once(tmp_path: Path, source: Path):
    made: list[Path] = []
    for _ in range(2):
        install(part(source, made.append), tmp_path / "thing")
    assert made == [tmp_path / "thing"]


def test_a_part_is_made_anew_when_what_it_is_made_from_changes(tmp_path: Path, source: Path):
    folder = tmp_path / "thing"
    install(part(source, lambda folder: (folder / "old").touch()), folder)
    source.write_text("thing==2")
    install(part(source, lambda folder: (folder / "new").touch()), folder)
    assert {path.name for path in folder.iterdir()} == {"new", ".stamp"}


def test_a_part_that_failed_says_why_and_is_tried_again(tmp_path: Path, source: Path):
    def fail(_: Path) -> None:
        run(sys.executable, "-c", "import sys; sys.exit('no compiler')")

    made: list[Path] = []
    with pytest.raises(SystemExit, match=r"thing could not be installed: .*\nno compiler"):
        install(part(source, fail), tmp_path / "thing")
    install(part(source, made.append), tmp_path / "thing")
    assert made


@pytest.mark.parametrize("arguments", [[], ["/nowhere", "no-such-part"]])
def test_a_wrong_call_names_the_parts(arguments: list[str]):
    with pytest.raises(SystemExit, match=f"usage: .*{' '.join(PARTS)}"):
        main(arguments)
