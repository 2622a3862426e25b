"""What becomes of a model's reply: each folder of `tests/cases` is one, and what it comes to.

`before.EXT` (none for a new file), `reply.txt`, and either `after.EXT` or `refused.txt` (words of
the reason); `region.txt` (lines, from 1) where a part was asked about, `risks.txt` for what must
be shown first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from homespun.core.checks import CHECKS, Check, check, settle, trim_region
from homespun.core.diff import Edit, apply
from homespun.core.locate import place
from homespun.core.reply import FileUpdate, parser
from homespun.core.text import Snapshot, Span
from homespun.errors import Malformed
from homespun.index.syntax import Grammars

PARSE = Grammars().errors
CASES = sorted(path.parent for path in (Path(__file__).parents[1] / "cases").glob("*/reply.txt"))


@dataclass(frozen=True)
class Verdict:
    """What a reply came to: a text, or the reason why none."""

    after: str | None
    refused: str = ""
    risks: frozenset[str] = frozenset()


class Case:
    def __init__(self, folder: Path) -> None:
        self.before = self._text(folder, "before")
        self.reply = self._text(folder, "reply") or ""
        self.after = self._text(folder, "after")
        self.refused = (self._text(folder, "refused") or "").strip()
        self.risks = frozenset((self._text(folder, "risks") or "").split())
        self.region = self._region((self._text(folder, "region") or "").strip())
        self.suffix = next(
            path.suffix for path in folder.iterdir() if path.stem in ("before", "after", "refused")
        )

    def _text(self, folder: Path, stem: str) -> str | None:
        found = next(iter(folder.glob(f"{stem}.*")), None)
        return None if found is None else found.read_bytes().decode()

    def _region(self, lines: str) -> Span | None:
        if not lines:
            return None
        first, last = (int(line) - 1 for line in lines.split("-"))
        return Snapshot.of("", self.before or "").line_span(first, last)


def judge(case: Case, checks: Sequence[Check] = CHECKS) -> Verdict:
    """Read, place and check, as the engine does with one file."""
    reading = parser()
    text = case.before or ""
    risks: set[str] = set()
    try:
        reading.feed(case.reply)
        for update in reading.finish().updates:
            before, text = text, proposed(case, update, text)
            path = update.file or f"case{case.suffix}"
            known = None if case.before is None else before
            found = check(update, path, known, text, checks, PARSE)
            if fatal := [finding.message for finding in found if finding.fatal]:
                return Verdict(None, "; ".join(fatal))
            risks.update(finding.code for finding in found)
    except Malformed as error:
        return Verdict(None, error.message)
    except LookupError as error:
        return Verdict(None, error.args[0])
    return Verdict(text, risks=frozenset(risks))


def proposed(case: Case, update: FileUpdate, text: str) -> str:
    if update.action == "edit":
        placement = place(text, update.hunks, case.region)
        if placement.failures:
            raise LookupError("; ".join(failure.reason for failure in placement.failures))
        return apply(text, placement.edits)
    region = case.region
    if update.action != "region" or region is None:
        return settle(text, update.text)
    fitting = trim_region(text, region, settle(text[region.start : region.end], update.text))
    return apply(text, [Edit(region.start, region.end, fitting)])


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_case(folder: Path) -> None:
    case = Case(folder)
    verdict = judge(case)
    if case.refused:
        assert case.after is None
        assert verdict.after is None, "must be refused"
        assert case.refused in verdict.refused
    else:
        assert verdict == Verdict(case.after, risks=case.risks)


@pytest.mark.parametrize("off", CHECKS, ids=lambda off: off.__name__)
def test_each_check_decides_a_case(off: Check) -> None:
    others = [one for one in CHECKS if one is not off]
    cases = [Case(folder) for folder in CASES]
    assert any(judge(case) != judge(case, others) for case in cases)
