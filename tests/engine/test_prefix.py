"""What a real server reads anew in a session, in tokens by its own figures."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

import pytest

from engine.prefix_session import edited

pytestmark = [pytest.mark.peer, pytest.mark.timeout(600)]


async def test_what_was_read_once_is_not_read_again(tmp_path: Path) -> None:
    """Ten edits of one file of 320 lines, with typing in between."""
    readings, statuses = await edited(tmp_path, 10)
    assert statuses == ["applied"] * 10
    assert readings[0].share > 0.95, "the first prompt is new to the server"
    assert readings[1].share < 0.15, readings
    assert mean(reading.share for reading in readings) < 0.30, readings
