"""Grammars: what they take, and where they say that a text is broken."""

from __future__ import annotations

import asyncio
import time

import pytest

from homespun.core.checks.change import Fault
from homespun.index.syntax import Grammars

ERRORS = Grammars().errors

# For each language a text that it takes, and one that it does not.
TEXTS = {
    "py": ("def f():\n    return 1\n", "def f(:\n"),
    "js": ("const f = async ({ a, ...b }) => <p>{a?.b ?? `x${1}`}</p>;\n", "f(((;\n"),
    "ts": ("type A<T> = T extends string ? 'a' : never;\n", "type = ;\n"),
    "tsx": ("const a = <T,>(x: T) => <b>{x as any}</b>;\n", "const a = <b>;\n"),
    "go": ("package a\n\nfunc f[T any](x T) {}\n", "package a\n\nfunc f( {\n"),
    "rs": ("fn f<'a>(x: &'a str) -> char { '}' }\n", "fn f( {\n"),
    "java": ("record A(int b) { void f() { var x = 1; } }\n", "class A {\n"),
    "c": ("int f(void) { return '{'; }\n", "int f(void) { return 1 +; }\n"),
    "h": ("class A {};\n", "int f( {\n"),
    "cpp": ("template <class T> auto f(T x) -> decltype(x) { return x; }\n", "class A {\n"),
    "rb": ("def f(x) = x\n", "def f(x)\n"),
    "cs": ("class A { int F() => 1; }\n", "class A {\n"),
    "php": ("<?php\nfn($a) => $a?->b;\n", "<?php\nfunction f( {\n"),
    "lua": ("local s = [[ ( ]]\n", "if x then\n"),
    "sh": ('for x in "$@"; do echo "$x"; done\n', "if true; then\n"),
    "json": ('{"a": [1]}\n', '{"a": [1}\n'),
    "toml": ("a = [1]\n", "a = [1\n"),
    "yaml": ("a:\n  - b: 1\n", "a: [1\n"),
    "html": ("<p>a<br></p>\n", '<p a="b>\n'),
    "css": ("a { &:hover { b: c; } }\n", "a { b: c;\n"),
}


@pytest.mark.parametrize("ending", TEXTS)
def test_each_language_is_read(ending: str) -> None:
    fine, broken = TEXTS[ending]
    assert ERRORS(f"src/A.{ending.upper()}", fine) == ()
    assert ERRORS(f"src/a.{ending}", broken)


@pytest.mark.parametrize("path", ["a.unknown", "Makefile", "a.d/b", ""])
def test_other_languages_are_not_judged(path: str) -> None:
    assert ERRORS(path, "((") is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_fault_has_the_line_that_an_editor_shows(end: str) -> None:
    text = end.join(("\ufeffint f(void) {", "  int x = 1", "  return x;", "}", ""))
    assert ERRORS("a.c", text) == (Fault(2, ";"),)


@pytest.mark.parametrize("text", ["(" * 50_000, "a" * 500_000, "\0", "\ud800", "<?php {\n" * 9_000])
@pytest.mark.parametrize("ending", ["js", "php", "yaml", "cpp"])
def test_hostile_text_does_no_harm(ending: str, text: str) -> None:
    found = ERRORS(f"a.{ending}", text)
    assert found is None or len(found) <= 100


@pytest.mark.parametrize("ending", ["cpp", "go", "h"])
def test_a_text_that_takes_too_long_is_not_judged(ending: str) -> None:
    began = time.process_time()
    assert ERRORS(f"a.{ending}", "@@a" * 400_000) is None
    assert time.process_time() - began < 10


async def test_others_work_while_a_text_is_read() -> None:
    clock = asyncio.get_running_loop().time
    reading = asyncio.create_task(asyncio.to_thread(ERRORS, "a.go", "@@a" * 400_000))
    longest, last = 0.0, clock()
    while not reading.done():
        await asyncio.sleep(0.001)
        longest, last = max(longest, clock() - last), clock()
    assert longest < 0.5
