"""What may leave: git is the oracle for ignore files, the rest is told by example."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.security.ignore import Outward
from homespun.security.patterns import parse
from model_servers.depth import examples

Files = Mapping[str, str]
NO_FILES: Files = MappingProxyType({})
Reason = Callable[..., str | None]

needs_links = pytest.mark.skipif(os.name == "nt", reason="links need a privilege on Windows")


def git(folder: Path, *arguments: str, given: str = "") -> str:
    nowhere = str(folder / "nowhere")
    environ = {
        **os.environ,
        "HOME": nowhere,
        "XDG_CONFIG_HOME": nowhere,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(
        command, input=given.encode(), capture_output=True, env=environ, timeout=30
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.decode()


def write(folder: Path, files: Files) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())


NAMES = ["a", "b", "ab", "a.b", ".x", "B", "a b", "[a]", "c"]
PIECES = st.sampled_from([
    "a", "b", "*", "?", "[ab]", "[!a]", "[^a]", "[a-b]", "[b-a]", "[]a]", "[[:alpha:]]", "[[:x:]]",
    "[a", "\\a", "\\*", "x", ".", "*b", "B", "a ",
])  # fmt: skip
PARTS = st.just("**") | st.lists(PIECES, min_size=1, max_size=2).map("".join)
PATTERNS = st.builds(
    lambda *pieces: "".join(pieces),
    st.sampled_from(["", "", "", "!", "#", "\\!"]),
    st.sampled_from(["", "", "", "/"]),
    st.lists(PARTS, min_size=1, max_size=3).map("/".join),
    st.sampled_from(["", "", "", "/"]),
    st.sampled_from(["", "", "", " ", "\\ ", "\\  ", "\r", "\\", "\t"]),
)
TEXTS = st.lists(PATTERNS, min_size=1, max_size=5).map("\n".join)
PATHS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)


@settings(max_examples=examples(60))
@given(
    st.lists(PATHS, min_size=5, max_size=15),
    st.lists(TEXTS, min_size=3, max_size=3),
    PATTERNS,
    st.booleans(),
)
def test_ignore_files_mean_what_they_mean_to_git(
    tmp_path_factory: pytest.TempPathFactory,
    paths: list[list[str]],
    texts: list[str],
    exclude: str,
    end_of_line: bool,
) -> None:
    root = tmp_path_factory.mktemp("tree")
    git(root, "init", "-q")
    files: list[str] = []
    for parts in paths:
        path = root.joinpath(*parts)
        if not path.exists() and not any(p.is_file() for p in path.parents):
            write(root, {"/".join(parts): ""})
            files.append("/".join(parts))
    folders = sorted({root, *(root.joinpath(file).parent for file in files)})
    for folder, text in zip(folders, texts, strict=False):
        write(folder, {".gitignore": text + "\n" * end_of_line})
    write(root, {".git/info/exclude": exclude})
    expected = git(root, "check-ignore", "--no-index", "-z", "--stdin", given="\0".join(files))
    outward = Outward([str(root)], [])
    kept = {file for file in files if outward.reason(str(root / file)) is not None}
    assert kept == set(expected.split("\0")) - {""}


@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 100 + "b",
        "*" * 200 + "b",
        "[a-z]*" * 60 + "b",
        "**/" * 100 + "b",
        "**/a*a*a*a*a*/" * 20 + "b",
        "?*" * 100 + "b",
    ],
)
def test_no_pattern_takes_long(pattern: str) -> None:
    rules = parse("\n".join([pattern] * 10), any_case=False)
    began = time.monotonic()
    assert not any(rule.matches(["a" * 200] * 15, folder=False) for rule in rules)
    assert time.monotonic() - began < 2


@pytest.fixture
def reason(tmp_path: Path) -> Reason:
    """Writes files below a folder, and asks about one of them."""

    def ask(name: str, files: Files | None = None, ignore: tuple[str, ...] = ()) -> str | None:
        write(tmp_path, {name: "", **(files or {})})
        return Outward([str(tmp_path)], ignore).reason(str(tmp_path / name))

    return ask


@pytest.mark.parametrize(
    "name",
    [
        ".env", ".env.local", "sub/.ENV", ".envrc", "prod.env", "server.pem", "tls/server.KEY",
        "id_rsa", "id_ed25519.old", "a.p12", "a.pfx", ".netrc", ".npmrc", "sub/.pypirc", "a.kdbx",
        "credentials", "credentials.json", "credentials-prod.yaml", "secrets.yml", "secrets.toml",
        ".ssh/config", "sub/.aws/config", ".gnupg/ring", ".kube/config", "kubeconfig",
        "infra/terraform.tfstate", "terraform.tfstate.backup", "prod.tfvars", ".git/config",
        "sub/.docker/config.json", ".git-credentials", "service-account-x.json",
    ],
)  # fmt: skip
def test_files_that_hold_secrets_stay(reason: Reason, name: str) -> None:
    assert reason(name) == "files of this name hold secrets"


@pytest.mark.parametrize(
    "name",
    [
        "src/main.py", "environment.py", "secrets.py", "credentials.py", "credentials/views.py",
        "secrets/store.go", "keyboard.py", "monkey", "package.json", "docs/ssh.md",
    ],
)  # fmt: skip
def test_code_may_leave(reason: Reason, name: str) -> None:
    assert reason(name) is None


def test_the_users_own_patterns_add_and_let_through(reason: Reason) -> None:
    own = ("data/", "!.env.example")
    assert reason("data/x.csv", ignore=own) == "the setting `ignore` leaves it out"
    assert reason(".env.example", ignore=own) is None
    assert reason(".env", ignore=own) == "files of this name hold secrets"


@pytest.mark.parametrize("pattern", ["x\n!.env", "x\r\n!.env", "\n!.env"])
def test_a_pattern_of_several_lines_lets_nothing_through(reason: Reason, pattern: str) -> None:
    assert reason(".env", ignore=(pattern,)) == "files of this name hold secrets"


def test_the_project_cannot_let_secrets_or_the_users_patterns_out(
    reason: Reason,
) -> None:
    files = {".homespunignore": "!.env\n!data/\n!data/x", ".gitignore": "!.env"}
    assert reason(".env", files) == "files of this name hold secrets"
    assert reason("data/x", files, ("data/",)) == "the setting `ignore` leaves it out"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({".gitignore": "# c\n*.log"}, ".gitignore leaves it out (line 2)"),
        ({"a/.ignore": "b/"}, "a/.ignore leaves it out (line 1)"),
        ({".homespunignore": "a"}, ".homespunignore leaves it out (line 1)"),
        ({".gitignore": "*.log", ".homespunignore": "!x.log"}, None),
        ({".gitignore": "a/", ".homespunignore": "!a/"}, None),
        ({".gitignore": "*.log", "a/.gitignore": "!x.log"}, None),
        ({".gitignore": "a/", "a/.gitignore": "!x.log"}, ".gitignore leaves it out (line 1)"),
        (
            {".ignore": "!x.log", ".homespunignore": "*.log"},
            ".homespunignore leaves it out (line 1)",
        ),
        ({".gitignore": "#" * 600_000}, ".gitignore cannot be read"),
    ],
)
def test_the_projects_ignore_files(reason: Reason, files: Files, expected: str | None) -> None:
    assert reason("a/b/x.log", files) == expected


def test_an_ignore_file_that_changes_counts_at_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.log": "", ".gitignore": ""})
    outward = Outward([str(tmp_path)], [])
    path = str(tmp_path / "a.log")
    assert outward.reason(path) is None
    write(tmp_path, {".gitignore": "*.log"})
    assert outward.reason(path)
    (tmp_path / ".gitignore").unlink()
    assert outward.reason(path) is None


def test_the_repository_around_the_workspace_counts(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {".gitignore": "/sub/private", "sub/private/x": "", "sub/open": ""})
    outward = Outward([str(tmp_path / "sub")], [])
    assert outward.reason(str(tmp_path / "sub/private/x")) == ".gitignore leaves it out (line 1)"
    assert outward.reason(str(tmp_path / "sub/open")) is None
    assert outward.reason(str(tmp_path / "other")) == "it is outside the workspace folders"


def test_a_work_tree_knows_its_repositorys_own_ignore_file(tmp_path: Path) -> None:
    main, tree = tmp_path / "main", tmp_path / "tree"
    main.mkdir()
    git(main, "init", "-q")
    git(main, "-c", "user.name=n", "-c", "user.email=e", "commit", "-q", "--allow-empty", "-m", "m")
    git(main, "worktree", "add", "-q", str(tree))
    write(main, {".git/info/exclude": "*.log"})
    write(tree, {"x.log": ""})
    found = Outward([str(tree)], []).reason(str(tree / "x.log"))
    assert found == ".git/info/exclude leaves it out (line 1)"


def test_outside_the_workspace_nothing_leaves(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    write(tmp_path, {"project/a": "", "project-2/a": "", "b": ""})
    outward = Outward([str(folder)], [])
    assert outward.reason(str(folder / "a")) is None
    for path in (tmp_path / "b", tmp_path / "project-2/a", folder / "../b", folder):
        assert outward.reason(str(path)) == "it is outside the workspace folders"


@needs_links
def test_links_carry_nothing_out(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    write(tmp_path, {"key": "", "project/.env": "", "project/src/a.py": "", "project/b.py": ""})
    for name, aim in {"x.py": "../key", "y.py": ".env", "z.py": "b.py", ".npmrc": "b.py"}.items():
        (folder / name).symlink_to(aim)
    (folder / "lib").symlink_to("src")
    outward = Outward([str(folder)], [])
    assert outward.reason(str(folder / "x.py")) == "it is outside the workspace folders"
    assert outward.reason(str(folder / "y.py")) == "files of this name hold secrets"
    assert outward.reason(str(folder / ".npmrc")) == "files of this name hold secrets"
    assert outward.reason(str(folder / "z.py")) is None
    assert outward.reason(str(folder / "lib/a.py")) is None
