"""Takes the documentation's pictures of VS Code, from the packaged extension at work:
`python tests/editors/vscode_pictures.py` writes `docs/images/vscode-*.png`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

_TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(_TESTS))  # as pytest has it

from editors import project  # noqa: E402
from editors.vscode_server import build, find_program, vscode  # noqa: E402
from homespun.cli.scripted import MODEL, PROVIDER, scripted_endpoint  # noqa: E402
from model_servers.peers import REPOSITORY, this_machine  # noqa: E402

_EXPLANATION = """\
`shares` splits a bill among people.

- It returns **a list with one equal share** for each: `shares(90, 3)` is `[30.0, 30.0, 30.0]`.
- With no people the list is empty: `range(0)` gives nothing, so nothing divides by zero.
- The shares are not rounded, so a sum of cents may be off by one when they are printed.
"""


def main() -> None:
    """Play the scenario, with a model that says what `_script` has."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        homespun = folder / "homespun"
        homespun.write_text(f'#!/bin/sh\nexec {sys.executable} -m homespun "$@"\n')
        homespun.chmod(0o755)
        work = project.make(folder / "project")
        (work / ".homespun.toml").write_text('review = "always"\n')
        vsix = build(this_machine(), folder)
        with scripted_endpoint(_script(folder)) as address:
            settings: dict[str, object] = {
                "homespun.server.path": str(homespun),
                "homespun.model": MODEL,
                "homespun.providers": {PROVIDER: {"endpoint": address}},
                "comments.openView": "never",
                "editor.minimap.enabled": False,
            }
            images = REPOSITORY / "docs" / "images"
            program = find_program(this_machine())
            with vscode(program, vsix, folder / "home", images, settings) as code:
                code.play(_TESTS / "editors" / "workbench" / "pictures.mjs", work)


def _script(folder: Path) -> Path:
    """The tests' answers, and an explanation that is worth reading, slow enough to be caught."""
    path = project.script(folder)
    script = json.loads(path.read_text())
    explains = {"match": "xplain", "reply": _EXPLANATION, "tokens_per_second": 25}
    turns = [turn for turn in script["turns"] if turn["match"] != "xplain"]
    turns.insert(len(turns) - 1, {**explains, "times": 1})  # before the one for all else
    path.write_text(json.dumps({**script, "turns": turns}))
    return path


if __name__ == "__main__":
    main()
