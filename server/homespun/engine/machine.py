"""What this machine can hold: its memory, and a first model that fits into it."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path

_GB = 1_000_000_000
_CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


@dataclass(frozen=True, slots=True)
class FirstModel:
    """A model to begin with: its name in Ollama's library, its download and its memory in GB.

    `memory` is the download and the cache of a window of 16k tokens.
    """

    name: str
    download: float
    memory: float


FIRST_MODELS = (
    FirstModel("qwen2.5-coder:32b", 20.0, 24.3),
    FirstModel("qwen2.5-coder:14b", 9.0, 12.2),
    FirstModel("qwen2.5-coder:7b", 4.7, 5.6),
    FirstModel("qwen2.5-coder:1.5b", 1.0, 1.5),
)
"""The largest first. Sources and reckoning: docs/choosing-a-model.md."""


def first_model(memory: int) -> FirstModel:
    """The largest model that takes at most half of `memory` (bytes); the smallest if none does."""
    fitting = (model for model in FIRST_MODELS if model.memory * _GB * 2 <= memory)
    return next(fitting, FIRST_MODELS[-1])


def memory() -> int:
    """The bytes of memory that this process may hope for; 0 where that cannot be told."""
    whole = _windows() if sys.platform == "win32" else _posix()
    return min(whole, _allowed(_CONTAINER_LIMIT) or whole)


def _posix() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0


def _windows() -> int:
    """From `GetPhysicallyInstalledSystemMemory`, in kilobytes."""
    found = ctypes.c_ulonglong()
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - exists on Windows only
    told = kernel.GetPhysicallyInstalledSystemMemory(ctypes.byref(found))
    return found.value * 1024 if told else 0


def _allowed(limit: Path) -> int:
    """What a container is limited to (cgroup v2); 0 for no limit."""
    try:
        return int(limit.read_text())
    except (OSError, ValueError):
        return 0
