"""How many examples a property gets: modest ones, and fifty times as many in `make deep`."""

from __future__ import annotations

import os


def examples(usual: int) -> int:
    """`usual`, or fifty times that where `HOMESPUN_DEEP=1`."""
    return usual * 50 if os.environ.get("HOMESPUN_DEEP") == "1" else usual
