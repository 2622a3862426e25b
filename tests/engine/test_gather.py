"""What is shown beside the file that a task is about, why, and which of its lines."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.memory_index import MemoryIndex
from engine.test_edit import task
from engine.world import World, world
from homespun.core.context import Candidate
from homespun.core.text import Span
from homespun.engine.gather import Gathered, Neighbours, Subject
from homespun.engine.paths import Paths
from homespun.engine.search import Index, Unknown
from homespun.errors import ContextOverflow

FILES = {
    "shop/cart.py": (
        "from shop.money import rounded\n\n\n"
        "def total(items):\n    return rounded(sum(items))\n\n\ndef empty():\n    return []\n"
    ),
    "shop/money.py": "def rounded(value):\n    return round(value, 2)\n",
    "shop/bill.py": (
        "from shop.cart import total\n\n\n"
        + "".join(f"def part_{n}():\n    return {n}\n\n\n" for n in range(30))
        + "def bill(items):\n    return total(items)\n"
    ),
    "shop/weather.py": "def rain():\n    return True\n",
    "tests/test_cart.py": "def test_nothing():\n    assert True\n",
}


def made(tmp_path: Path, files: dict[str, str], *opened: str) -> tuple[World, Index]:
    w = world(tmp_path, files, opened=opened)
    return w, MemoryIndex(w.workspace.root)


async def gathered(
    w: World, index: Index, name: str, at: str = "", said: str = "", rules: tuple[str, ...] = ()
) -> Gathered:
    snapshot = await w.workspace.read(w.workspace.uri(name))
    assert snapshot is not None
    start = snapshot.text.index(at) if at else 0
    focus = Span(start, start + len(at)) if at else None
    paths = Paths(w.workspace, windows=False)
    gatherer = Neighbours(w.workspace, paths, lambda: rules, index)
    return await gatherer.gather(Subject(snapshot, name, focus, said), ())


def by_path(found: Gathered) -> dict[str, Candidate]:
    return {candidate.path: candidate for _, candidate in found.candidates}


async def test_users_come_first_then_what_is_used_and_its_tests(tmp_path: Path) -> None:
    w, index = made(tmp_path, FILES, "shop/cart.py")
    found = by_path(await gathered(w, index, "shop/cart.py", "def total(items)"))
    ranked = sorted(found.values(), key=lambda c: (c.required, c.rank))
    assert ranked[0].path == "shop/bill.py"
    assert "uses total" in found["shop/bill.py"].reason
    assert "defines rounded" in found["shop/money.py"].reason
    assert "tests it" in found["tests/test_cart.py"].reason
    assert "shop/weather.py" not in found
    assert list(found)[-1] == "shop/cart.py", "what changes most comes last"


async def test_of_a_long_file_the_lines_that_matter_are_shown(tmp_path: Path) -> None:
    w, index = made(tmp_path, FILES, "shop/cart.py")
    found = by_path(await gathered(w, index, "shop/cart.py", "def total(items)"))
    bill = found["shop/bill.py"]
    shown = [line for first, last in bill.places for line in bill.snapshot.lines[first : last + 1]]
    assert "    return total(items)\n" in shown
    assert len(shown) < len(bill.snapshot.lines) / 3


async def test_words_of_the_instruction_lead_to_files(tmp_path: Path) -> None:
    w, index = made(tmp_path, FILES, "shop/cart.py")
    found = by_path(await gathered(w, index, "shop/cart.py", said="ask rain() before"))
    assert "rain" in found["shop/weather.py"].reason


async def test_what_was_saved_lately_is_shown_unless_a_tool_wrote_it(tmp_path: Path) -> None:
    old = {f"old_{n}.py": "" for n in range(20)} | FILES
    w, index = made(tmp_path, old, "shop/cart.py")
    for file in w.workspace.root.rglob("*.py"):
        os.utime(file, (1e9, 1e9))
    os.utime(w.workspace.root / "shop/weather.py")
    found = by_path(await gathered(w, index, "shop/cart.py"))
    assert "edited a short time ago" in found["shop/weather.py"].reason
    assert "old_3.py" not in found
    for file in w.workspace.root.glob("old_*"):
        os.utime(file)
    assert "shop/weather.py" not in by_path(await gathered(w, index, "shop/cart.py"))


async def test_without_an_index_imports_and_tests_are_found_by_name(tmp_path: Path) -> None:
    w, _ = made(tmp_path, FILES, "shop/cart.py")
    found = by_path(await gathered(w, Unknown(), "shop/cart.py"))
    assert list(found) == ["shop/money.py", "tests/test_cart.py", "shop/cart.py"]


async def test_unsaved_text_is_what_is_shown(tmp_path: Path) -> None:
    w, index = made(tmp_path, FILES, "shop/cart.py", "shop/money.py")
    w.workspace.type("shop/money.py", "def rounded(value):\n    return value\n")
    found = by_path(await gathered(w, index, "shop/cart.py", "def total(items)"))
    assert found["shop/money.py"].snapshot.text.endswith("return value\n")
    assert found["shop/money.py"].reason.startswith("open in the editor")


async def test_rules_of_the_folder_the_settings_and_the_way_to_the_file(tmp_path: Path) -> None:
    rules = {
        "AGENTS.md": "Be brief.\n", "STYLE.md": "Use tabs.\n", "shop/AGENTS.md": "No floats.\n",
        "other/AGENTS.md": "Not here.\n",
    }  # fmt: skip
    w, index = made(tmp_path, FILES | rules)
    found = await gathered(w, index, "shop/cart.py", rules=("STYLE.md", "none.md"))
    first = [c for _, c in found.candidates if c.rules]
    assert [c.path for c in first] == ["AGENTS.md", "STYLE.md", "shop/AGENTS.md"]


async def test_long_rules_are_cut(tmp_path: Path) -> None:
    w, index = made(tmp_path, FILES | {"AGENTS.md": "Be brief.\n" * 10_000})
    found = await gathered(w, index, "shop/cart.py")
    assert len(by_path(found)["AGENTS.md"].snapshot.text) == 16_000


async def test_rules_that_are_withheld_from_models_are_not_sent(tmp_path: Path) -> None:
    files = FILES | {"AGENTS.md": "Be brief.\n", ".env": "A=1\n", "own.md": "Mine.\n"}
    settings = {"rules": [".env", "own.md", "../up.md"], "ignore": []}
    w = world(tmp_path, files | {".gitignore": "own.md\n"}, opened=(), settings=settings)
    told = await w.engine.context(task(w, "shop/cart.py"), w.recorder)
    shown = {item.path for item in told.items}
    assert "AGENTS.md" in shown
    assert not shown & {".env", "own.md"}
    assert {".env", "own.md"} <= {left.path for left in told.left_out}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("shop/total.min.js", "total(1)\n"),
        ("shop/made.py", "# @generated by a tool\ntotal = 1\n"),
        ("shop/wide.js", f"total({'1,' * 3000})\n"),
    ],
)
async def test_what_nobody_wrote_is_left_out_with_its_reason(
    tmp_path: Path, name: str, text: str
) -> None:
    w, index = made(tmp_path, FILES | {name: text}, name)
    found = await gathered(w, index, "shop/cart.py", "def total(items)")
    assert name not in by_path(found)
    assert name in {left.path for left in found.left_out}


async def test_a_count_by_the_server_decides_what_fits(tmp_path: Path) -> None:
    """The careful estimate would refuse what the server's own count shows to fit."""
    w = world(tmp_path, {"a.py": "x = 1\n" * 800, "b.py": "y = 2\n" * 300})
    w.model.size = 4096
    w.model.counts = lambda text: len(text) // 6
    told = await w.engine.context(task(w, "a.py"), w.recorder)
    assert told.budget.exact
    said = "".join(message.content for message in told.messages)
    assert told.budget.prompt == len(said) // 6 + 16
    assert {item.path for item in told.items} == {"a.py", "b.py"}
    assert told.budget.prompt + told.budget.answer + told.budget.margin <= 4096


async def test_what_must_be_there_and_does_not_fit_says_what_to_do(tmp_path: Path) -> None:
    w = world(tmp_path, {"a.py": "x = 1\n" * 5000})
    w.model.size = 4096
    w.model.counts = lambda text: len(text) // 2
    with pytest.raises(ContextOverflow) as caught:
        await w.engine.context(replace(task(w, "a.py"), instruction="Mend."), w.recorder)
    assert "4096 are there" in caught.value.message
    assert "num_ctx" in caught.value.hint
