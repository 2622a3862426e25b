"""A language server's program that runs another one and notes when it tells of an answer.

`noting.py LOG PROGRAM ARGUMENT ...`: a line with the milliseconds since 1970 comes into LOG for the
first `$/progress` of each token that carries an answer's words.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path


def main(log: Path, command: list[str]) -> int:
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert server.stdout is not None
    told: set[object] = set()
    length = 0
    while header := server.stdout.readline():
        if header.lower().startswith(b"content-length:"):
            length = int(header.split(b":")[1])
        if header != b"\r\n":
            continue
        body = server.stdout.read(length)
        now = time.time() * 1e3
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%b" % (length, body))
        sys.stdout.buffer.flush()
        if b'"$/progress"' in body and b'"text"' in body:
            token = json.loads(body)["params"]["token"]
            if token not in told:
                told.add(token)
                with log.open("a") as file:
                    file.write(f"{now:.1f}\n")
    return server.wait()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
