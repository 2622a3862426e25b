"""Ask the kept index of a folder one question, as the first thing that a process does."""

from __future__ import annotations

import asyncio
import os
import sys

from homespun.app import build
from homespun.disk import DiskWorkspace


async def main(root: str) -> None:
    engine = build(DiskWorkspace([root]), os.environ, {})
    print(len(await engine.index.words(["HttpResponse", "request"])), flush=True)
    await engine.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
