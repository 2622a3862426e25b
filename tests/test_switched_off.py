"""A test of the tests: each check of the edit engine, switched off, makes a test fail.

`core/test_cases.py` does it for the checks that are a table; here are those that are lines of code.
Each is taken out of its module's source, all is loaded anew, and the test that stands for it must
fail.
"""

from __future__ import annotations

import asyncio
import importlib.abc
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType

import pytest

CASES = Path(__file__).parent / "cases"
Test = Callable[[Path], object]
"""Runs one of the tests, as it is loaded at that moment, in a folder of its own."""


@dataclass(frozen=True)
class Off:
    """One check: the words of a module that are it, what is there without it, and its test."""

    module: str
    old: str
    new: str
    test: Test


def case(name: str) -> Test:
    return lambda folder: importlib.import_module("core.test_cases").test_case(CASES / name)


def engine(module: str, name: str, *given: object) -> Test:
    def test(folder: Path) -> object:
        return getattr(importlib.import_module(f"engine.{module}"), name)(folder, *given)

    return test


def edit(name: str, *given: object) -> Test:
    return engine("test_edit", name, *given)


def ended(finish: str | None) -> Test:
    return edit("test_a_reply_that_did_not_end_by_itself_is_never_used", finish)


def leads_out(path: str) -> Test:
    return edit("test_no_path_leads_out_or_into_git", path)


def target(name: str) -> Test:
    def test(folder: Path) -> object:
        module = importlib.import_module("engine.test_targets")
        return module.test_a_target_that_must_stay_stays(folder, module.TARGETS[name])

    return test


OFF = {
    # A reply that is not whole.
    "cut by length": Off("engine.ask", 'finish == "length"', "False", ended("length")),
    "cut by a filter": Off(
        "engine.ask", 'finish == "content_filter"', "False", ended("content_filter")
    ),
    "no finish reason": Off("engine.ask", "finish is None", "False", ended(None)),
    "JSON that is cut": Off(
        "core.reply_stream", "if self._json is not None:\n            self._json.finish()",
        "if self._json is not None:\n            self._json_replies = 1",
        case("reply-json-cut"),
    ),
    "a fenced block that is cut": Off(
        "core.reply_stream", "if self._block is not None:\n            raise",
        "if self._block is not None:\n            self._close(self._block)\n        if False:\n"
        "            raise",
        case("fenced-cut"),
    ),
    # A reply that contradicts itself, or cannot be understood.
    "two whole texts": Off(
        "core.reply_stream", "_refuse_contradictions(self._updates)\n        return",
        "return", case("reply-two-whole-texts"),
    ),
    "a key given twice": Off(
        "core.reply_values", "len(value) != len(pairs)", "False", case("reply-json-key-twice")
    ),
    "half a character": Off(
        "core.reply_shapes", "value.encode()", "value", case("reply-json-lone-surrogate")
    ),
    "a diff in a block": Off(
        "core.reply_fenced", '("diff", "patch", "udiff")', "()", case("fenced-diff")
    ),
    "lines outside of markers": Off(
        "core.reply_fenced", "len(said) > 1 or len(paths) < len(said)", "False",
        case("fenced-search-stray-lines"),
    ),
    # The file's frame.
    "line ends": Off(
        "core.checks.frame", "return _LINE_END.sub(lambda _: wanted, text)", "return text",
        case("whole-line-ends"),
    ),
    "the BOM of a whole text": Off(
        "core.checks.frame", 'bom = _BOM if before.startswith(_BOM) else ""', 'bom = ""',
        case("whole-bom"),
    ),
    "the last line end": Off(
        "core.checks.frame", 'else text + "\\n"', "else text", case("whole-final-newline")
    ),
    "no last line end": Off(
        "core.checks.frame", 'return text.rstrip("\\r\\n")', "return text",
        case("whole-no-final-newline"),
    ),
    "a region with its surroundings": Off(
        "core.checks.frame", "range(min(len(around), len(new)), _REPEATS - 1, -1)", "()",
        case("region-repeats-surroundings"),
    ),
    "surroundings in its midst": Off(
        "core.checks.frame", "if nothing_else or any(_holds(kept, run, old) for run in midst):",
        "if False:", case("region-mixes-surroundings"),
    ),
    # A hunk without a certain place.
    "two places": Off(
        "core.locate", "return Unplaced(number, _ambiguous(candidates))", "choice = candidates",
        case("edit-ambiguous"),
    ),
    "hunks that overlap": Off(
        "core.locate", "failures += _overlaps(placed)", "pass", case("edit-hunks-overlap")
    ),
    "part of a word": Off(
        "core.matching", "(_in_word(before) and _in_word(after))", "False",
        case("edit-part-of-a-word"),
    ),
    # A target that must not be touched.
    "ignored": Off("engine.targets", "if reason and", "if False and", target("ignored")),
    "secret": Off("engine.targets", "if reason and", "if False and", target("secret")),
    "binary": Off(
        "engine.targets", "_BINARY in base.before.text", "False", target("binary, but UTF-8")
    ),
    "read-only": Off("engine.targets", "and read_only(path)", "and False", target("read-only")),
    "not UTF-8": Off(
        "engine.disk_texts", "data.decode()", 'data.decode(errors="replace")', target("not UTF-8")
    ),
    "too large": Off("engine.disk_texts", "len(data) > MAX_BYTES", "False", target("too large")),
    ".git": Off(
        "security.path_guard", "Protection.NEVER in", "None in", leads_out(".git/hooks/x")
    ),
    "an absolute path": Off(
        "security.path_guard", 'path.startswith("/") or', "False or", leads_out("/etc/passwd")
    ),
    "a link that leads out": Off(
        "security.path_guard", "not _holds(home, real)", "False", leads_out("link/x.py")
    ),
    # A file that the model did not see as it is.
    "a whole text over what was not shown": Off(
        "engine.changes", "if not base.shown_whole:\n            raise NotPlaced(\n", "if False:\n"
        "            raise NotPlaced(\n",
        edit("test_a_file_that_was_not_shown_is_edited_with_a_warning_and_never_overwritten"),
    ),
    "a placeholder of no secret": Off(
        "engine.changes", "if placeholders(after) - placeholders(base.text):", "if False:",
        edit("test_a_placeholder_that_stands_for_nothing_is_refused"),
    ),
    "a secret that comes in": Off(
        "engine.changes", "if _secrets(after) - _secrets(base.text):", "if False:",
        engine("test_never_lost", "test_a_secret_of_one_file_is_not_put_into_another_unseen"),
    ),
    "outside of the selection": Off(
        "engine.changes", '("changes lines outside the selection",) if outside else ()', "()",
        engine("test_targets", "test_an_edit_outside_of_the_selection_is_shown_first"),
    ),
    "another file": Off(
        "engine.changes", '("not the file that was asked about",)', "()",
        engine("test_targets", "test_another_file_than_the_one_asked_about_is_shown_first"),
    ),
    "an emptied file": Off(
        "engine.changes", "if text.strip() and not after.strip():", "if False:",
        engine("test_never_lost", "test_a_region_that_is_all_of_the_file_is_not_emptied"),
    ),
    "a yes of its own": Off(
        "engine.edit", "if not file.protected:", "if True:",
        edit("test_a_protected_file_needs_a_yes_of_its_own", False),
    ),
    # A text that has moved on.
    "a merge": Off(
        "engine.fitting", "rebase(file, now.text)", "replace(file, before=now.text)",
        edit("test_what_was_typed_meanwhile_is_kept"),
    ),
    "a conflict": Off(
        "core.merge", "if mine != unchanged and other not in (unchanged, mine):", "if False:",
        edit("test_the_same_line_typed_meanwhile_refuses_the_change"),
    ),
    "changed before its deletion": Off(
        "engine.fitting", "if now.text != file.before:", "if False:",
        engine("test_stale", "test_a_file_that_changed_is_not_deleted"),
    ),
    "made before its creation": Off(
        "engine.fitting", "if now is not None:\n        raise", "if False:\n        raise",
        engine("test_stale", "test_a_file_that_came_to_be_is_not_written_over"),
    ),
    "gone": Off(
        "engine.fitting", "if now is None:\n            raise Stale(\"the file is gone\")",
        "if now is None:\n            return file, Snapshot.of(file.uri, file.before or '')",
        engine("test_stale", "test_a_file_that_is_gone_is_not_written_again"),
    ),
    "an editor that lies": Off(
        "engine.apply", "if seen == expected:", "if True:",
        edit("test_an_editor_that_lies_is_noticed"),
    ),
    "an edit that a keystroke outran": Off(
        "engine.apply", "if attempt.answer.applied or not await", "if True or not await",
        engine("test_stale", "test_an_edit_that_a_keystroke_outran_is_made_anew"),
    ),
    "an undo that lacks one place": Off(
        "engine.apply", "(refusals and way.as_a_whole)", "False",
        engine("test_stale", "test_an_undo_that_lacks_one_place_touches_nothing"),
    ),
}  # fmt: skip


class _Changed(SourceFileLoader):
    """Loads a module with other words in one place of its source."""

    def __init__(self, name: str, path: str, off: Off) -> None:
        super().__init__(name, path)
        self._off = off

    def get_code(self, fullname: str) -> CodeType:
        source = self.get_source(fullname) or ""
        assert source.count(self._off.old) == 1, "the check is not found in its module"
        return compile(source.replace(self._off.old, self._off.new), self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, off: Off) -> None:
        self._off = off

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname != f"homespun.{self._off.module}":
            return None
        found = PathFinder.find_spec(fullname, path)  # type: ignore[arg-type]
        assert found is not None
        assert found.origin is not None
        loader = _Changed(fullname, found.origin, self._off)
        return importlib.util.spec_from_loader(fullname, loader, origin=found.origin)


@contextmanager
def switched(off: Off) -> Iterator[None]:
    """Everything of ours is loaded anew meanwhile, with one check switched off."""
    kept = {name: module for name, module in sys.modules.items() if _is_ours(name)}
    for name in kept:
        del sys.modules[name]
    finder = _Finder(off)
    sys.meta_path.insert(0, finder)
    try:
        importlib.import_module(f"homespun.{off.module}")
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if _is_ours(name)]:
            del sys.modules[name]
        sys.modules.update(kept)


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in ("homespun", "core", "engine")


def run(test: Test, folder: Path) -> None:
    folder.mkdir()
    done = test(folder)
    if inspect.iscoroutine(done):
        asyncio.run(done)


@pytest.mark.parametrize("off", OFF.values(), ids=OFF)
def test_its_test_fails_without_it(off: Off, tmp_path: Path) -> None:
    run(off.test, tmp_path / "on")
    with switched(off), pytest.raises((Exception, pytest.fail.Exception)):
        run(off.test, tmp_path / "off")
