"""Writes `docs/model-servers.md` from the table of servers and the tests that prove what they do.

`python docs/model_servers.py`; a test fails where the page is not what this writes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from homespun.providers.kinds import KINDS, Kind

HERE = Path(__file__).parent
TESTS = HERE.parent / "tests"

_HEAD = """\
# Model servers

Generated from `server/homespun/providers/kinds.py`, `docs/model-servers.toml` and the tests by
`docs/model_servers.py`.

`model = "NAME/MODEL"` is enough where a server listens at its usual address; it is told from others
by what it answers, not by its port. `NAME_BASE_URL` and `NAME_API_KEY` in the environment say
otherwise (in capitals, as each entry below has them), and so does a `[providers.ANY]` table with
`type = "NAME"`. What a server does not take is found out and remembered.

Set-ups of other tools just work too: `LOCAL_LLM_BASE_URL` and `LOCAL_LLM_API_KEY` for any of these,
`AYE_LLM_API_URL`, `AYE_LLM_API_KEY` and `AYE_LLM_MODEL`, and `OPENAI_COMPATIBLE_DATA`.

## What is proven, and how

**real**: the tests talk to the server itself. **recorded**: they replay, byte for byte, what it
once said. *documented*: they play what its documents, its source or its issues say; nobody has
seen it here, and where that is wrong, it is found out like anything else that a server refuses.
"""

_MARKS = {"real": "**real**", "recorded": "**recorded**", "documented": "*documented*"}


def page() -> str:
    """The whole page."""
    facts, proofs = _proven()
    kinds = sorted((k for k in KINDS.values() if k.id != "scripted"), key=lambda k: k.title.lower())
    return _HEAD + _matrix(kinds, facts, proofs) + "".join(_entries(kinds))


def _proven() -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
    """The facts with their names, and the tests' proofs of them by kind."""
    told = subprocess.run(
        [sys.executable, "-m", "model_servers.proofs"],
        cwd=TESTS,
        check=True,
        capture_output=True,
        text=True,
    )
    found = json.loads(told.stdout)
    return found["facts"], found["proofs"]


def _matrix(
    kinds: Sequence[Kind], facts: Mapping[str, str], proofs: Mapping[str, Mapping[str, str]]
) -> str:
    rows = [["server", *facts.values()], ["--"] * (len(facts) + 1)]
    rows += [
        [kind.title, *(_cell(kind, fact, proofs.get(kind.id, {})) for fact in facts)]
        for kind in kinds
    ]
    return "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cell(kind: Kind, fact: str, proven: Mapping[str, str]) -> str:
    if fact in proven:
        return _MARKS[proven[fact]]
    missing = {
        "json": kind.formats == ("text",) and "not offered",
        "window": not kind.windows and "not told",
    }
    return missing.get(fact) or ""


def _entries(kinds: Sequence[Kind]) -> Iterator[str]:
    """What to know of each server; one without an entry fails here."""
    told = tomllib.loads((HERE / "model-servers.toml").read_text(encoding="utf-8"))
    for kind in kinds:
        entry = told.pop(kind.id)
        at = " or ".join(f"`{address}`" for address in kind.addresses) or "your own address"
        yield f"\n## {kind.title[0].upper()}{kind.title[1:]}\n\n"
        yield f"`{kind.id}/MODEL` at {at} (`{kind.env}_BASE_URL`, `{kind.env}_API_KEY`).\n"
        yield f"Start: {entry['start']}\n\n" + "".join(f"- {line}\n" for line in entry["know"])
    if told:
        raise SystemExit(f"model-servers.toml has unknown kinds: {', '.join(told)}")


if __name__ == "__main__":
    (HERE / "model-servers.md").write_text(page(), encoding="utf-8")
