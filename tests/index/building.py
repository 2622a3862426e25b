"""An index made in this process, step by step, for tests of what it says."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from homespun.index.builder import Builder, Subject
from homespun.index.reader import Reader
from homespun.index.scan import Limits
from homespun.index.store import Store
from homespun.security.descent import Descent
from homespun.security.ignore import Outward


def subject(folder: Path, ignore: Sequence[str] = (), limits: Limits | None = None) -> Subject:
    outward = Outward([str(folder)], ignore)
    allows: Callable[[str], bool] = lambda path: not outward.reason(path)  # noqa: E731
    return Subject(str(folder), limits or Limits(), Descent(str(folder), ignore), allows)


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


@contextmanager
def building(
    tmp_path: Path,
    files: Mapping[str, str | bytes],
    limits: Limits | None = None,
    helper: Sequence[str] | None = None,
) -> Generator[tuple[Builder, Reader]]:
    """A builder and a reader of a folder with these files; nothing is built yet.

    `helper` is the command of the second process, see `Sharing`.
    """
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    write(folder, files)
    database = tmp_path / "index" / "project.db"
    store = Store(database)
    reader = Reader(str(folder), database)
    try:
        yield Builder(subject(folder, limits=limits), store, helper), reader
    finally:
        reader.close()
        store.close()


@contextmanager
def built(tmp_path: Path, files: Mapping[str, str | bytes]) -> Generator[Reader]:
    """The index of a folder with these files."""
    with building(tmp_path, files) as (builder, reader):
        for _ in builder.steps():
            pass
        yield reader
