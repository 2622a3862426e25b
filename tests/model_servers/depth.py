"""How many examples a property gets: modest ones, and many times as many in `make deep`."""

from __future__ import annotations

import os


def examples(usual: int, times: int = 50) -> int:
    """`usual`, or so many times that where `HOMESPUN_DEEP=1`."""
    return usual * times if os.environ.get("HOMESPUN_DEEP") == "1" else usual
