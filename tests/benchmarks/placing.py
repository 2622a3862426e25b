"""A reply's hunks to their places in a long file, and the checks of what comes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.benchmarks.measure import Table, compare
from tests.benchmarks.sources import source

from homespun.core.checks import CHECKS, check
from homespun.core.checks.grammar import broken_grammar
from homespun.core.diff import apply
from homespun.core.locate import place
from homespun.core.reply import FileUpdate, FindReplace
from homespun.index.syntax import Grammars

_LINES = 10_000
_HUNKS = 50
_LONG = 10
"""Lines of each hunk."""


def run() -> Iterator[Table]:
    lines = source(_LINES)
    text = "".join(lines)
    told = {
        "exact": _hunks(lines, "{}\n"),
        "inexact: indented otherwise, trailing white space": _hunks(lines, "  {} \n"),
        "not there: a third of the lines misremembered": _misremembered(lines),
    }
    title = f"Placing: {_HUNKS} hunks of {_LONG} lines in {_LINES:,} lines"
    placing = {name: lambda hunks=hunks: place(text, hunks) for name, hunks in told.items()}
    yield Table(title, "ms", compare(placing, rounds=21))
    yield _checks()


def _checks() -> Table:
    lines = [f"const value_{n} = compute(value_{n * 7919 % _LINES});\n" for n in range(_LINES)]
    hunks, text = _hunks(lines, "{}\n"), "".join(lines)
    after = apply(text, place(text, hunks).edits).replace("  #", "  //")
    update = FileUpdate("edit", "a.js", tuple(hunks))
    others = [one for one in CHECKS if one is not broken_grammar]
    parse = Grammars().errors
    return Table(
        f"All checks of a change of {_LINES:,} lines",
        "ms",
        compare(
            {
                "without a grammar": lambda: check(update, "a.js", text, after, others),
                "with tree-sitter": lambda: check(update, "a.js", text, after, CHECKS, parse),
            },
            rounds=11,
        ),
    )


def _hunks(lines: Sequence[str], form: str) -> list[FindReplace]:
    """Blocks of lines evenly spread, each written as `form` says, and one of them changed."""
    hunks: list[FindReplace] = []
    for at in range(0, _LINES, _LINES // _HUNKS):
        found = [line.rstrip() for line in lines[at : at + _LONG]]
        changed = [*found[:5], f"{found[5]}  # changed", *found[6:]]
        hunks.append(FindReplace(*("".join(map(form.format, part)) for part in (found, changed))))
    return hunks


def _misremembered(lines: Sequence[str]) -> list[FindReplace]:
    return [
        FindReplace(
            "".join(
                line.replace("value", "total").replace("compute", "work_out") if not n % 3 else line
                for n, line in enumerate(hunk.find.splitlines(keepends=True))
            ),
            hunk.replace,
        )
        for hunk in _hunks(lines, "{}\n")
    ]
