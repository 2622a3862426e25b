"""Ask the kept index of a folder one question, as the first thing that a process does.

Prints how many files were found, and the seconds from opening the index to its answer.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time

from homespun.app import build
from homespun.disk import DiskWorkspace


async def main(root: str) -> None:
    engine = build(DiskWorkspace([root]), os.environ, {})
    began = time.perf_counter()
    found = await engine.index.words(["HttpResponse", "request"])
    print(len(found), time.perf_counter() - began, flush=True)
    await engine.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
