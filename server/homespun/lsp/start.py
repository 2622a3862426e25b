"""The server's start: what an editor waits for when it opens a file.

Nearly all of it is importing lsprotocol's classes. The garbage collector, which finds nothing in
them however often it looks, is off meanwhile, and never looks at them afterwards: that saves a
sixth of the time.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homespun.lsp.server import Build
    from homespun.lsp.workspace import Writer


def run(build: Build, writer: Callable[[Sequence[str]], Writer]) -> int:
    """Serve one editor on standard input and output; the process's exit code.

    `build` makes the engine, once the editor is ready, in a thread; `writer` the guarded writer
    for folders (absolute paths). Import nothing heavy before this: that belongs into `build`.
    """
    gc.disable()
    from homespun.lsp.server import create
    from homespun.lsp.stdio import serve

    server = create(build, writer)
    gc.freeze()
    gc.enable()
    # Whatever prints, in whichever library, must not reach the protocol.
    protocol = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return serve(server, sys.stdin.fileno(), protocol)
