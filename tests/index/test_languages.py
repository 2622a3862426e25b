"""Each language on a small project: what it defines, uses and imports. The projects are data."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from homespun.core.symbols import Reference, Symbol
from homespun.index.languages import ENDINGS, tongue
from homespun.index.reader import Reader
from homespun.index.tags import tags
from index.building import built

CASES = sorted(Path(__file__).with_name("languages").glob("*.txt"))


def read(case: Path) -> tuple[dict[str, str], list[str]]:
    """The files of a project by path, and the lines of what is expected."""
    _, *parts = re.split(r"^--- (.*)\n", case.read_text(), flags=re.MULTILINE)
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    return files, files.pop("expected").splitlines()


def as_line(one: Symbol | Reference) -> str:
    if isinstance(one, Symbol):
        name = f"{one.container}.{one.name}" if one.container else one.name
        return f"define {one.path} {one.kind} {name} {one.line}-{one.end_line}"
    inside = f" in {one.inside}" if one.inside else ""
    return f"use {one.path} {one.name} {one.line}{inside}"


def answers(reader: Reader, words: list[str]) -> list[str]:
    """What the index says where a line of these words is expected."""
    verb, path, *rest = words
    if verb == "define":
        return [as_line(one) for one in reader.outline(path)]
    if verb == "use":
        return [as_line(one) for one in reader.references([rest[0]], 100)]
    for one in rest:
        assert path in reader.importers(one)
    return [" ".join(("import", path, *reader.imports(path)))]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_project_of_this_language(case: Path, tmp_path: Path) -> None:
    files, expected = read(case)
    with built(tmp_path, files) as reader:
        for line in expected:
            assert line in answers(reader, line.split(" "))


def test_each_language_of_the_table_has_a_project() -> None:
    endings = {Path(path).suffix.removeprefix(".") for case in CASES for path in read(case)[0]}
    untested = {one.grammar for one in ENDINGS.values()} - {
        ENDINGS[ending].grammar for ending in endings if ending in ENDINGS
    }
    assert not untested


DEEP = {
    "calls": b"a = x" + b".f(x)" * 20_000,
    "brackets": b"a = " + b"[" * 20_000 + b"]" * 20_000,
    "a long list": b"a = [" + b"x," * 30_000 + b"]",
    "many definitions": b"def f(): pass\n" * 5_000,
    "garbage": bytes(range(1, 128)) * 1_000,
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_no_text_takes_long(text: bytes) -> None:
    began = time.thread_time()
    for grammar in ("a.py", "a.js", "a.cpp"):
        language = tongue(grammar)
        assert language is not None
        tags(language, text)
    assert time.thread_time() - began < 20


def test_an_outline_shows_the_line_that_a_name_stands_in(tmp_path: Path) -> None:
    text = "@Override\npublic int pay(\n    int n) { return 1; }\n"
    with built(tmp_path, {"A.java": f"class A {{\n{text}}}\n"}) as reader:
        assert [one.signature for one in reader.outline("A.java")] == [
            "class A {",
            "public int pay(",
        ]
