"""All that an index keeps of one file beside its words, ready to be written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from homespun.index import uses
from homespun.index.imports import IMPORTS
from homespun.index.languages import tongue
from homespun.index.tags import tags
from homespun.index.texts import NoText, read


@dataclass(frozen=True, slots=True)
class Extract:
    """Rows of the tables `symbol`, `uses`, `import` and `space`, without the file's number.

    `specs` and `keys` are JSON, as that table has them; both are "" where nothing is imported.
    """

    symbols: Sequence[tuple[str, str, int, int, str, str]] = ()
    uses: bytes = b""
    specs: str = ""
    keys: str = ""
    spaces: Sequence[str] = ()


def extract(path: str, file: str) -> Extract:
    """What the file at the absolute path `file` holds; `path` is its path in its workspace.

    Nothing of a file that cannot be read, and of one that takes too long.
    """
    language = tongue(path)
    text = read(file)
    if language is None or isinstance(text, NoText):
        return Extract()
    found = tags(language, text.data)
    own = IMPORTS[language.imports]
    specs = list(
        dict.fromkeys(spec for statement in found.imports for spec in own.specs(statement))
    )
    keys: dict[str, list[int]] = {}
    for number, spec in enumerate(specs):
        for key in own.keys(spec, path):
            keys.setdefault(key, []).append(number)
    spaces = dict.fromkeys(name for statement in found.spaces for name in own.spaces(statement))
    return Extract(
        found.definitions,
        uses.pack(text.data, found.uses, found.blocks) if found.uses else b"",
        json.dumps(specs) if specs else "",
        json.dumps(keys) if specs else "",
        list(spaces),
    )
