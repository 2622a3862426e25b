"""The process that builds: it follows, takes over, begins anew, and ends with its server."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from homespun import app
from homespun.core.symbols import Answers, Question
from homespun.disk import DiskWorkspace
from homespun.index import place
from homespun.index.child import Child, command
from homespun.index.orders import Changed, Missed
from homespun.index.watch import Watch
from homespun.index.workspace import Wanted, WorkspaceIndex
from index.building import write
from index.serving import PATIENCE, serving, until_found, until_state

SHOP = {"shop.py": "def pay():\n    pass\n", "main.py": "import shop\nshop.pay()\n"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path / "project", SHOP)
    return tmp_path / "project"


async def test_it_is_built_and_follows_what_is_told(tmp_path: Path, project: Path) -> None:
    async with serving(tmp_path, project) as index:
        await until_state(index, lambda state: state.symbols)
        assert [one.path for one in await index.files()] == ["main.py", "shop.py"]
        assert [hit.path for hit in await index.words(["pay"])] == ["shop.py", "main.py"]
        assert [one.line for one in await index.references(["pay"])] == [1]
        assert await index.imports(str(project), "main.py") == ["shop.py"]
        write(project, {"shop.py": "def charge(): pass\n"})
        index.changed([str(project / "shop.py")])
        await until_found(index, "charge")
        assert (await index.state()).problem == ""
        assert (await index.state()).size > 0


async def test_it_watches_where_nobody_tells(tmp_path: Path, project: Path) -> None:
    async with serving(tmp_path, project, watch=True) as index:
        await until_state(index, lambda state: state.symbols)
        write(project, {"new/deep.py": "brand_new = 1\n"})
        await until_found(index, "brand_new")
        (project / "shop.py").unlink()
        await until_state(index, lambda state: state.files == 2)


def test_a_watch_tells_when_it_has_begun_and_then_what_changes(tmp_path: Path) -> None:
    told: queue.SimpleQueue[object] = queue.SimpleQueue()
    watch = Watch(str(tmp_path), told.put)
    watch.start()
    assert told.get(timeout=PATIENCE) == Missed(str(tmp_path))
    (tmp_path / "new.py").write_text("x = 1\n")
    assert told.get(timeout=PATIENCE) == Changed((str(tmp_path / "new.py"),))
    watch.close()


async def test_many_answers_at_once_are_those_that_come_one_by_one(
    tmp_path: Path, project: Path
) -> None:
    async with serving(tmp_path, project) as index:
        await until_state(index, lambda state: state.symbols)
        names = ["pay", "shop"]
        near = [(str(project), "main.py")]
        answers = await index.answers(
            Question(
                users_of=names,
                common=400,
                near=near,
                defined=names,
                most_definitions=40,
                stems=["main"],
                since=0.0,
                most_edited=1,
                words=names,
                most_hits=5,
            )
        )
        files = await index.files()
        assert answers == Answers(
            await index.references(names, common=400, near=near),
            await index.definitions(names),
            [one for one in files if one.path == "main.py"],
            [max(files, key=lambda one: one.changed)],
            await index.words(names, 5),
        )
        assert all((answers.users, answers.definitions, answers.named, answers.edited))
        assert [hit.path for hit in answers.hits] == ["main.py", "shop.py"]


async def test_an_index_is_kept_and_answers_at_once(tmp_path: Path, project: Path) -> None:
    async with serving(tmp_path, project) as index:
        await until_state(index, lambda state: state.symbols)
    write(project, {"later.py": "later = 1\n"})
    async with serving(tmp_path, project) as index:
        assert [hit.path for hit in await index.words(["pay"])] == ["shop.py", "main.py"]
        await until_found(index, "later")


async def test_who_asks_once_gets_what_is_on_disk_now(tmp_path: Path, project: Path) -> None:
    async with serving(tmp_path, project) as index:
        await until_state(index, lambda state: state.symbols)
    write(project, {"later.py": "later = 1\n"})
    async with serving(tmp_path, project, patience=30) as index:
        assert [hit.path for hit in await index.words(["later"])] == ["later.py"]


async def test_of_two_servers_the_second_reads_and_then_takes_over(
    tmp_path: Path, project: Path
) -> None:
    async with serving(tmp_path, project) as second:
        async with serving(tmp_path, project) as first:
            await until_state(first, lambda state: state.symbols)
            await until_state(second, lambda state: state.symbols)
            for number, index in enumerate((first, second)):
                write(project, {f"n{number}.py": f"word_{number} = 1\n"})
                for told in (first, second):
                    told.changed([str(project / f"n{number}.py")])
                await until_found(index, f"word_{number}")
        write(project, {"alone.py": "alone = 1\n"})
        second.changed([str(project / "alone.py")])
        await until_found(second, "alone")


def damage(database: Path) -> None:
    with database.open("r+b") as file:
        file.write(b"\0" * database.stat().st_size)
    for part in place.parts(database)[1:]:
        part.unlink(missing_ok=True)


async def test_it_begins_anew_where_its_file_is_damaged(tmp_path: Path, project: Path) -> None:
    async with serving(tmp_path, project) as index:
        await until_state(index, lambda state: state.symbols)
        damage(Path((await index.state()).place))
        await until_found(index, "pay")


async def test_an_index_that_is_not_wanted_is_not_made(tmp_path: Path, project: Path) -> None:
    async with serving(tmp_path, project, enabled=False) as index:
        assert not await index.words(["pay"])
        index.changed([str(project / "shop.py")])
        assert "context.index" in (await index.state()).problem
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("enabled", [True, False])
async def test_a_prepared_process_obeys_or_ends_where_it_has_nothing_to_do(
    tmp_path: Path, project: Path, enabled: bool
) -> None:
    cache = tmp_path / "cache/homespun/index"
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    child = Child(command("index-worker"), cache, environ)
    child.prepare()
    prepared = child.pid
    wanted = Wanted((str(project),), (), False, enabled)
    index = WorkspaceIndex(lambda: wanted, cache, child)
    index.start()
    if enabled:
        await until_found(index, "pay")
    assert child.pid == (prepared if enabled else None)
    await index.close()
    assert prepared is not None
    with pytest.raises(ProcessLookupError):
        os.kill(prepared, 0)


def test_a_build_that_fails_leaves_no_process_behind(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int | None] = []
    prepare = Child.prepare

    def noted(child: Child) -> None:
        prepare(child)
        started.append(child.pid)

    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Child, "prepare", noted)
    monkeypatch.setattr(app, "_engine", fails)
    for name in ("CONFIG", "STATE", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    with pytest.raises(RuntimeError):
        app.build(DiskWorkspace([str(project)]), os.environ, {}, editor={})
    (pid,) = started
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, project: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    async with serving(tmp_path, project) as index:
        assert not await index.words(["pay"])
        assert not await index.files()
        assert (await index.state()).problem


SERVER = """
import sys, time
from pathlib import Path
from homespun.index.child import Child, command
from homespun.index.orders import Serve
child = Child(command("index-worker"), Path(sys.argv[1]))
child.serve(Serve((sys.argv[2],), (), True))
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows ends processes in its own way")
def test_it_ends_with_its_server_however_that_ends(tmp_path: Path, project: Path) -> None:
    environ = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    cache = str(tmp_path / "cache/homespun/index")
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER, cache, str(project)], stdout=subprocess.PIPE, env=environ
    )
    assert server.stdout is not None
    child = int(server.stdout.readline())
    os.kill(child, 0)
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdout.close()

    def gone() -> bool:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{child}/stat")
        return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"

    deadline = time.monotonic() + 60
    while not gone():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_no_file_of_the_workspace_is_imported_by_it(tmp_path: Path, project: Path) -> None:
    write(
        project, {"homespun/__main__.py": "open('harm', 'w')\n", "json.py": "open('harm', 'w')\n"}
    )
    subprocess.run(command("index-worker"), cwd=project, stdin=subprocess.DEVNULL, timeout=60)
    assert not (project / "harm").exists()
