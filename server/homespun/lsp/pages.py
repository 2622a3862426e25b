"""Documents that are shown to the user and belong to no project: diffs, explanations, lists."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path


class Pages:
    """Files in a private folder of this process, gone when it ends."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._count = 0

    def write(self, name: str, text: str) -> str:
        """A new page with `text`; its URI. `name` gives the last part, such as `change.diff`."""
        if self._folder is None:
            # mkdtemp makes it readable for this user alone: a diff is the user's code.
            self._folder = Path(tempfile.mkdtemp(prefix="homespun-"))
        self._count += 1
        page = self._folder / f"{self._count}-{name}"
        page.write_text(text, encoding="utf-8", newline="")
        return page.as_uri()

    def close(self) -> None:
        """Remove every page."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
