"""The scripted endpoint as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path

from homespun.errors import HomespunError
from homespun.providers.scripted.endpoint import ScriptedEndpoint
from homespun.providers.scripted.script import Script


def main() -> int:
    """Serve a script until ended; the exit code is that of the error tree."""
    options = _options()
    try:
        script = Script.parse(options.script.read_text(encoding="utf-8"))
        asyncio.run(_serve(script, options.port, options.until_stdin_closes))
    except KeyboardInterrupt:
        return 0
    except (OSError, UnicodeDecodeError) as error:
        return _fail(f"Cannot serve {options.script}: {error}", 2)
    except HomespunError as error:
        return _fail(f"{error.message} {error.hint}".rstrip(), error.exit_code)
    return 0


async def _serve(script: Script, port: int, until_stdin_closes: bool) -> None:
    async with ScriptedEndpoint(script, port) as endpoint:
        line = json.dumps({"address": endpoint.base_url, "model": script.model})
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
        if until_stdin_closes:
            await asyncio.to_thread(sys.stdin.buffer.read)
        else:
            await asyncio.Event().wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m homespun.providers.scripted")
    parser.add_argument("--script", type=Path, required=True, help="the script, a JSON file")
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the parent")
    return parser.parse_args()


def _fail(message: str, code: int) -> int:
    sys.stderr.write(message + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
