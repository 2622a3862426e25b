"""Does the text still fit its language's grammar, where it did before?

A grammar reads on after an error and is handed in. Ours are made for people who type: they take
all of a language, but not what a preprocessor or a template engine makes of it. So a fault counts
only where the change brought it, and not where macros or templates stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from homespun.core.checks.change import Change, Fault, Finding

_MAX_LENGTH = 500_000
"""Characters; a grammar takes some 0.1 s for them."""
_MAX_LINE = 300
"""Characters of a line that are looked at for macros."""
_PARSED_BETTER = ("py", "pyi", "pyw", "json", "toml")
"""Languages that Python itself parses; see `syntax.py`."""

_MACRO = re.compile(
    r"#|\b[A-Z][A-Z0-9_]{2,}\b|\b__\w+|\b(?:foreach|forever|emit|signals|slots|template)\b"
    r"|^\s*(?!(?:if|for|while|switch|return)\b)\w+ ?\([^;]*\) ?\{?$"
)
_HACK = re.compile(r"[{;]\s*[*_]\w+\s*:|expression\(|progid:")
_DOUBTFUL_LINES: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(("c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx"), _MACRO),
    "css": _HACK,
}
"""Lines that people write though the grammar of the language does not know them."""
_TEMPLATED = ("html", "htm", "yaml", "yml", "sh", "bash", "css")
_TEMPLATE = re.compile(r"\{\{|\{%|<%|<\?|@@\w+@@")
"""What makes a text one that a program turns into its language."""


def broken_grammar(change: Change) -> Iterator[Finding]:
    """Refuse text that the change broke; show where it broke more of what was broken before.

    A new file that does not parse is refused too, unless its grammar is known to lag behind.
    """
    if change.suffix in _PARSED_BETTER or max(map(len, _texts(change))) > _MAX_LENGTH:
        return
    faults = _certain(change, change.parse(change.path, change.after) or ())
    if not faults:
        return
    before = change.parse(change.path, change.before or "")
    if before is None or len(faults) <= len(before):
        return
    is_new = not (change.before or "").strip()
    lags = change.suffix in _DOUBTFUL_LINES or change.suffix in _TEMPLATED
    doubtful = bool(before) or (is_new and lags)
    yield Finding("grammar", f"the new text does not parse: {_told(faults)}", fatal=not doubtful)


def _texts(change: Change) -> Sequence[str]:
    return change.before or "", change.after


def _certain(change: Change, faults: Sequence[Fault]) -> Sequence[Fault]:
    """The faults that neither macros nor a template explain."""
    if change.suffix in _TEMPLATED and _TEMPLATE.search(change.after):
        return ()
    doubtful = _DOUBTFUL_LINES.get(change.suffix)
    if doubtful is None:
        return faults

    def explained(fault: Fault) -> bool:
        around = change.new_lines[max(0, fault.line - 2) : fault.line]
        return any(doubtful.search(line[:_MAX_LINE].rstrip()) for line in around)

    return [fault for fault in faults if not explained(fault)]


def _told(faults: Sequence[Fault]) -> str:
    first = faults[0]
    what = f"'{first.missing}' is missing" if first.missing else "there is an error"
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"{what} at or after line {first.line}{more}"
