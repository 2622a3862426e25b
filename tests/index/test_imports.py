"""What imports lead to, asked in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homespun.index import importing
from homespun.index.imports import IMPORTS
from index.building import built

_NAMES = ("a", "b", "src", "lib", "index", "__init__", "packages", "app")
_FOLDERS = st.lists(st.sampled_from(_NAMES), max_size=3)
_PYTHON = st.builds(
    lambda dots, parts, name: f"{'.' * dots}{'.'.join(parts)}{name}",
    st.integers(0, 4),
    st.lists(st.sampled_from(_NAMES), max_size=3),
    st.sampled_from(("", ":a", ":b", ":__init__")),
)
_JAVASCRIPT = st.builds(
    lambda start, parts, ending: f"{start}{'/'.join(parts)}{ending}",
    st.sampled_from(("", "./", "../", "../../", "@/", "~/", "@a/", "@", ".")),
    st.lists(st.sampled_from((*_NAMES, "..")), max_size=3),
    st.sampled_from(("", ".js", ".jsx", ".mjs", ".ts", "/")),
)
_LANGUAGES = {
    "python": (_PYTHON, (".py", ".pyi")),
    "javascript": (_JAVASCRIPT, (".js", ".ts", ".tsx", ".mts", ".d.ts")),
}


class _Files:
    """A tree of these paths."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = frozenset(paths)

    def has(self, path: str) -> bool:
        return path in self._paths

    def holds(self, folder: str) -> bool:
        return any(path.startswith(f"{folder}/") for path in self._paths)

    def inside(self, folder: str) -> Sequence[str]:
        return sorted(path for path in self._paths if path.rpartition("/")[0] == folder)

    def named(self, name: str) -> Sequence[str]:
        return sorted(path for path in self._paths if path.rpartition("/")[2] == name)

    def declaring(self, space: str) -> Sequence[str]:
        return ()


@pytest.mark.parametrize("language", _LANGUAGES)
@given(data=st.data())
def test_where_an_import_leads_it_may_lead(data: st.DataObject, language: str) -> None:
    specs, endings = _LANGUAGES[language]
    folders = data.draw(st.lists(_FOLDERS, min_size=1, max_size=12))
    names = st.sampled_from([f"{name}{ending}" for name in _NAMES for ending in endings])
    paths = ["/".join((*folder, data.draw(names))) for folder in folders]
    spec = data.draw(specs)
    own = IMPORTS[language]
    for target in own.resolve(spec, paths[0], _Files(paths)):
        assert own.may_lead(spec, paths[0], target)


@pytest.mark.parametrize(
    ("spec", "path", "target"),
    [
        ("datetime", "shop/till.py", "other/datetime.py"),
        (".const:NAME", "a/sensor.py", "b/const.py"),
        ("a.sensor:Sensor", "main.py", "a/b/sensor.py"),
        ("..", "top.py", "__init__.py"),
    ],
)
def test_what_it_never_leads_to_is_told_by_the_names(spec: str, path: str, target: str) -> None:
    assert not IMPORTS["python"].may_lead(spec, path, target)


def test_of_many_files_with_a_name_in_common_the_nearest_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = [f"part{number}" for number in range(20)]
    files = {f"{part}/const.py": "NAME = 1\n" for part in parts}
    files |= {f"{part}/{name}.py": "from .const import NAME\n" for part in parts for name in "pq"}
    files |= {"main.py": "from part9.const import NAME\n"}
    with built(tmp_path, files) as reader:
        assert "main.py" in reader.importers("part9/const.py")
        monkeypatch.setattr(importing, "_IMPORTERS", 2)
        for part in parts:
            assert reader.importers(f"{part}/const.py") == [f"{part}/p.py", f"{part}/q.py"]
