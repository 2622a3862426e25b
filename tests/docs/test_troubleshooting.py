"""What the page quotes is what people really see."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import homespun
from homespun.providers.standing import Status

PAGE = (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
SOURCE = "\n".join(
    path.read_text(encoding="utf-8") for path in Path(homespun.__file__).parent.rglob("*.py")
)
CODE = re.sub(r'"\s*f?"', "", SOURCE)
"""With texts that go over several lines made whole."""


def first_cells(heading: str) -> list[str]:
    table = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("|")]
    return [row.split("|")[1] for row in rows[2:]]


QUOTED = [quote for cell in first_cells("What you see") for quote in re.findall("`([^`]+)`", cell)]


@pytest.mark.parametrize("quote", QUOTED)
def test_a_quoted_message_is_one_of_ours(quote: str) -> None:
    parts = quote.split("call tools")
    assert all(part in CODE for part in parts)


def test_every_status_has_a_row() -> None:
    rows = [cell.strip(" `") for cell in first_cells("How a server stands")]
    assert set(rows) == {*get_args(Status), "unusable"}
    assert len(QUOTED) > 20, "the table was found"
