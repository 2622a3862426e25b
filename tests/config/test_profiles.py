"""The user's settings file, changed as a careful person would."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.config import editing
from homespun.config.layers import load
from homespun.config.profiles import Profile, Profiles
from homespun.errors import BadSetting, HomespunError, KeepingFailed, Stale
from model_servers.depth import examples

WORK = Profile(
    "work",
    "vllm",
    "http://10.0.0.2:8000",
    "env:WORK_KEY",
    ("qwen", "llama"),
    parameters={"timeout": 30.0, "headers": {"X-Team": "tools"}},
)
FILES = {
    "none": "",
    "a comment": "# mine\n",
    "values and tables": (
        "# mine\n\nreview = 'always'  # I look\n\n[cloud]\nconsent = 'never'\n\n"
        "# my own action\n[actions.x]\nprompt = 'x'\n"
    ),
    "other providers": "[providers.mine]\ntype = 'ollama'\n\n[logging]\nlevel = 'debug'\n",
    "dotted": "providers.mine.type = 'ollama'\n",
    "inline": "providers = {mine = {type = 'ollama'}}\nmodel = 'mine/a'  # chosen\n",
    "in one table": "[providers]\nmine = {type = 'ollama'}\n",
    "apart": "[providers.a]\ntype='vllm'\n[logging]\nlevel='info'\n[providers.b]\ntype='vllm'\n",
    "windows": "\ufeffreview = 'always'\r\n# kept\r\n[cloud]\r\nconsent = 'ask'\r\n",
}


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "config.toml"
    if text:
        file.write_bytes(text.encode())
    return file


@pytest.mark.parametrize("text", FILES.values(), ids=FILES)
def test_a_profile_comes_is_used_and_goes_and_the_rest_stays(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    before = tomllib.loads(text.removeprefix("\ufeff"))
    profiles = Profiles(file)
    profiles.add([WORK])
    profiles.use("work/llama")
    found = load(user_file=file)
    assert not found.problems
    assert found.settings.model == "work/llama"
    work = found.settings.providers["work"]
    assert (work.type, work.models) == ("vllm", ("qwen", "llama"))
    assert work.parameters.until_first_byte == 30
    now = file.read_bytes().decode()
    assert [line for line in text.splitlines() if "#" in line and "model" not in line] == [
        line for line in now.splitlines() if "#" in line and "model" not in line
    ]
    assert ("\r\n" in now) == ("\r\n" in text) and "\r\r" not in now
    assert now.startswith("\ufeff") == text.startswith("\ufeff")
    assert profiles.remove("work")
    left = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    before.pop("model", None)
    assert left == before or left == {**before, "providers": {}}


def test_the_comment_beside_the_model_stays(tmp_path: Path) -> None:
    file = written(tmp_path, "model = 'a/b'  # quick\n")
    Profiles(file).use("vllm/c")
    assert file.read_text() == 'model = "vllm/c"  # quick\n'


def test_removing_another_profile_leaves_the_model(tmp_path: Path) -> None:
    file = written(tmp_path, "model = 'a/b'\n[providers.c]\ntype = 'vllm'\n")
    assert not Profiles(file).remove("c")
    assert load(user_file=file).settings.model == "a/b"


@pytest.mark.parametrize(
    ("text", "profiles", "words"),
    [
        ("[providers.work]\ntype = 'vllm'\n", [WORK], "already"),
        ("", [Profile("a/b")], "cannot be the name"),
        ("", [WORK, Profile("bad", parameters={"timeout": -1.0})], "timeout"),
        ("", [WORK, Profile("bad", parameters={"nonsense": 1})], "nonsense"),
        ("a = [\n", [WORK], "TOML"),
        ("providers = 3\n", [WORK], "no table"),
    ],
)
def test_what_cannot_be_added_changes_nothing(
    tmp_path: Path, text: str, profiles: list[Profile], words: str
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(BadSetting) as caught:
        Profiles(file).add(profiles)
    assert words in caught.value.message and caught.value.hint
    assert (file.read_text() if file.exists() else "") == text
    assert [entry.name for entry in tmp_path.iterdir()] == ([file.name] if text else [])


def test_problems_of_before_are_not_in_the_way(tmp_path: Path) -> None:
    file = written(tmp_path, "nonsense = 1\n")
    Profiles(file).use("a/b")
    assert file.read_text() == 'nonsense = 1\nmodel = "a/b"\n'


def test_removing_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="'gone'"):
        Profiles(tmp_path / "config.toml").remove("gone")


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = written(tmp_path, "review = 'always'\n")

    def change(document: object) -> str:
        file.write_text("review = 'never'\n")
        return "review = 'risky'\n"

    with pytest.raises(Stale, match="meanwhile"):
        editing.edit(file, change)
    assert file.read_text() == "review = 'never'\n"
    assert [entry.name for entry in tmp_path.iterdir()] == [file.name]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_only_the_owner_reads_it_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "homespun.toml"
    real.parent.mkdir()
    real.write_text("# mine\n")
    real.chmod(0o644)
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    Profiles(link).use("a/b")
    assert link.is_symlink() and "a/b" in real.read_text()
    assert stat.S_IMODE(os.stat(real).st_mode) == 0o600


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HomespunError) as caught:
        Profiles(tmp_path / "file" / "config.toml").use("a/b")
    assert isinstance(caught.value, BadSetting | KeepingFailed)


NAMES = st.text("abAB01_.-", min_size=1, max_size=6).filter(lambda name: name[0] not in "_.-")
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=examples(60))
@given(NAMES, TEXTS, st.lists(TEXTS.filter(bool), max_size=3), st.sampled_from(sorted(FILES)))
def test_whatever_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str, models: list[str], start: str
) -> None:
    file = written(tmp_path_factory.mktemp("settings"), FILES[start])
    taken = name in load(user_file=file).settings.providers
    profile = Profile(name, "vllm", text, f"env:{text}", tuple(models))
    if taken:
        return
    Profiles(file).add([profile], f"{name}/{text}")
    found = load(user_file=file)
    assert not found.problems
    kept = found.settings.providers[name]
    assert (kept.endpoint, kept.api_key.get_secret_value()) == (text, f"env:{text}")
    assert kept.models == tuple(models)
    assert found.settings.model == f"{name}/{text}"
