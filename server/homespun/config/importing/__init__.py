"""Model servers as other tools describe them, read into profiles: all of a file, or nothing of it.

Two forms are understood: HelixCode's YAML (and the same as JSON), and `.env` files with the
variables that Homespun and others read from the environment. The file is not trusted.
"""

from __future__ import annotations

from homespun.config.importing.dotenv import read_dotenv
from homespun.config.importing.found import Imported, Known
from homespun.config.importing.helix import read_helix

__all__ = ["Imported", "Known", "read"]

_YAML = (".yaml", ".yml", ".json")


def read(name: str, data: bytes, known: Known) -> Imported:
    """What the file called `name` describes. Raises `BadSetting` with each line and its reason."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise known.refusal(name, [f"line {line}: not UTF-8 text"]) from error
    reader = read_helix if name.lower().endswith(_YAML) else read_dotenv
    imported, problems = reader(text, known)
    if not problems and not (imported.profiles or imported.model):
        problems = ["it names no model server"]
    if problems:
        raise known.refusal(name, problems)
    return imported
