"""What the user and a refactor have agreed on before any file is worked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from homespun.core.globs import matches
from homespun.engine.paths import Paths
from homespun.engine.ports import Spent, Workspace
from homespun.engine.refactor.task import SurveyFile

_FREE = Spent()


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed on: kept, so that a resume begins with it.

    `left_out` are files that the user has seen and not chosen: no answer may change them. `spent`
    is what the model's plan took.
    """

    files: tuple[SurveyFile, ...]
    left_out: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    summary: str = ""
    decisions: tuple[str, ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    spent: Spent = _FREE

    def as_data(self) -> dict[str, Any]:
        """It as plain JSON."""
        return asdict(self)

    def without(self, globs: Sequence[str]) -> Agreed:
        """The same without the files that `globs` name: nothing is changed in them."""
        out = (file.uri for file in self.files if globs and matches(file.path, globs))
        return replace(self, left_out=tuple(dict.fromkeys((*self.left_out, *out))))

    @classmethod
    def of(cls, data: Any) -> Agreed:
        """What `as_data` gave."""
        return cls(
            tuple(_file(file) for file in data["files"]),
            tuple(data["left_out"]),
            tuple(data["names"]),
            data["summary"],
            tuple(data["decisions"]),
            tuple((path, text) for path, text in data["definitions"]),
            Spent(**data.get("spent", {})),  # earlier versions did not keep it
        )


def _file(data: dict[str, Any]) -> SurveyFile:
    data["reasons"] = tuple(data["reasons"])
    return SurveyFile(**data)


def home_of(paths: Paths, files: Sequence[SurveyFile], workspace: Workspace) -> str:
    """The folder whose history a refactor belongs to: that of its first file."""
    folders = workspace.folders()
    homes = [home for file in files if (home := paths.home(file.uri))]
    return next(iter(homes), folders[0].path if folders else "")
