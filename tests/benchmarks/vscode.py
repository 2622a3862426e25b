"""What a user of VS Code waits for: real VS Code in real Chromium, the packaged extension.

The file has 10,000 lines, the scripted model reads for a second and speaks at 200
tokens a second.
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

_TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(_TESTS))  # as pytest has it: the tests' own modules import each other so

from tests.benchmarks.measure import Row, Table  # noqa: E402
from tests.benchmarks.sources import source  # noqa: E402
from tests.editors import project  # noqa: E402
from tests.editors.vscode_server import build, find_program, vscode  # noqa: E402
from tests.model_servers.peers import this_machine  # noqa: E402

from homespun.cli.scripted import MODEL, PROVIDER, scripted_endpoint  # noqa: E402

_PEERS = Path(__file__).parent / "peers"
_LINES = 10_000


def run() -> Iterator[Table]:
    rows = _measured()
    yield Table(
        "VS Code: activation, by the extension host's own figure",
        "ms",
        [Row("homespun", rows["activation"])],
    )
    yield Table(
        "VS Code: from the server's first notification to an explanation's first words",
        "ms",
        [Row("behind the code", rows["behind"]), Row("in the thread", rows["thread"])],
    )
    yield Table(
        "VS Code: drawings of an explanation, at 200 tokens a second",
        "a second",
        [Row("the thread", rows["drawings"]), Row("while keys are pressed", rows["busy"])],
    )
    typing = {
        "nothing open": rows["alone"],
        "an explanation that grows": rows["explained"],
        "a change under review": rows["reviewed"],
    }
    yield Table(
        f"VS Code: a key in {_LINES:,} lines, to the changed line",
        "ms",
        [Row(name, samples) for name, samples in typing.items()],
        percentile=True,
    )


def _measured() -> dict[str, list[float]]:
    """What the page measured, in the tables' units."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        notes = folder / "notes"
        server = folder / "homespun"
        command = [sys.executable, _PEERS / "noting.py", notes, sys.executable, "-m", "homespun"]
        server.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, command))} "$@"\n')
        server.chmod(0o755)
        program = find_program(this_machine())
        vsix = build(this_machine(), folder)
        with scripted_endpoint(project.script(folder)) as address:
            settings: dict[str, object] = {
                "homespun.server.path": str(server),
                "homespun.model": MODEL,
                "homespun.providers": {PROVIDER: {"endpoint": address}},
            }
            with vscode(program, vsix, folder / "home", folder, settings) as code:
                work = _folder(folder / "project")
                code.play(_PEERS / "vscode_speed.mjs", work, NOTES=str(notes))
                return json.loads(Path(f"{work}.json").read_text())


def _folder(folder: Path) -> Path:
    """A project with a long file; what is explained in it makes the model speak fast and long."""
    project.make(folder)
    (folder / ".homespun.toml").write_text('review = "always"\n')
    asked = project.BILL.replace("    return [whole", "    # how fast\n    return [whole")
    (folder / "bill.py").write_text(asked + "\n" * 20 + "".join(source(_LINES)))
    return folder
