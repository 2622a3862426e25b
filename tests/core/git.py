"""Git as the oracle: what it makes of the same texts."""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory


def _run(folder: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *command],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=30,
    )


def patched(before: str, patch: str, path: str) -> str:
    """The text after `git apply` of `patch`; fails where git doesn't take it."""
    with TemporaryDirectory() as folder:
        file = Path(folder, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(before.encode())
        Path(folder, "change.patch").write_bytes(patch.encode())
        # Without a repository around it, git applies to the files as they are.
        done = _run(folder, "apply", "--whitespace=nowarn", "change.patch")
        assert done.returncode == 0, done.stderr
        return file.read_bytes().decode()


def merged(base: str, current: str, proposed: str) -> str | None:
    """The text that `git merge-file` gives; None where it sees a conflict."""
    texts = {"base": base, "current": current, "proposed": proposed}
    with TemporaryDirectory() as folder:
        for name, text in texts.items():
            Path(folder, name).write_bytes(text.encode())
        done = _run(folder, "merge-file", "-p", "current", "base", "proposed")
    assert 0 <= done.returncode <= 127, done.stderr
    return None if done.returncode else done.stdout
