"""What a name means to Windows, macOS and git, told on any system."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.security.names import Protection, ambiguity, as_spelled, fault, protection
from model_servers.depth import examples


@pytest.mark.parametrize(
    "path",
    [
        ".git",
        ".git/config",
        "sub/.git/hooks/pre-commit",
        "sub\\.git\\config",
        ".GIT/config",
        ".Git",
        ".gIt/HEAD",
        "git~1/config",
        "GIT~1",
        "git~2",
        ".git./config",
        ".git /config",
        ".git . . /config",
        ".git::$INDEX_ALLOCATION/config",
        ".git:stream",
        ".g\N{ZERO WIDTH NON-JOINER}it/config",
        "\N{ZERO WIDTH NO-BREAK SPACE}.git",
        ".gi\N{RIGHT-TO-LEFT OVERRIDE}t",
        ".g\N{SOFT HYPHEN}it",
        ".g\N{LATIN SMALL LETTER DOTLESS I}t",
        ".G\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}T",
        "\N{FULLWIDTH FULL STOP}git",
        "./a/../.git/x",
    ],
)
def test_git_is_never_written_in_any_disguise(path: str) -> None:
    assert protection(path) is Protection.NEVER


@pytest.mark.parametrize(
    "path",
    [
        ".vscode/settings.json", ".VSCODE/Tasks.json", "sub/.idea/workspace.xml",
        ".zed/settings.json", ".cursor/mcp.json", ".continue/config.json", ".eca/config.json",
        ".claude/settings.json", ".codex/config.toml", ".roo/rules", ".roomodes", ".clinerules",
        "team.code-workspace", ".nvim.lua", ".nvimrc", ".exrc", ".vimrc", ".dir-locals.el",
        ".editorconfig", ".envrc", ".env", ".env.local", "deep/er/.ENV", "mcp.json", ".mcp.json",
        "AGENTS.md", "docs/agents.md", "CLAUDE.md", ".github/workflows/ci.yml",
        ".GitHub/Workflows/ci.yml", ".gitlab-ci.yml", ".husky/pre-commit",
        ".pre-commit-config.yaml", "package.json", "sub/package.json", ".homespun.toml",
        ".homespunignore", ".gitignore", ".ignore", ".gitmodules", "VSCODE~1/x",
        ".vscode./settings.json", ".vscode::$INDEX_ALLOCATION/x", "mcp.json.",
        ".helix/languages.toml",
    ],
)  # fmt: skip
def test_what_grants_authority_needs_a_yes(path: str) -> None:
    assert protection(path) is Protection.ASK


@pytest.mark.parametrize(
    "path",
    [
        "src/main.py", "git/config", "gitfoo.py", ".github/ISSUE_TEMPLATE.md", "workflows/x.yml",
        "digit", ".gitx", "my.git.py", "vscode/x", "settings.json", "environment.py",
        "agents.py", "claude.py", "package.jsonc",
    ],
)  # fmt: skip
def test_the_rest_is_free(path: str) -> None:
    assert protection(path) is Protection.FREE


INVISIBLE = st.text("\u200b\u200c\u200d\u200e\u202e\u2060\ufeff\u00ad", max_size=3)


@settings(max_examples=examples(100))
@given(st.lists(INVISIBLE, min_size=5, max_size=5), st.lists(st.booleans(), min_size=4), st.data())
def test_case_invisible_characters_and_trailing_dots_hide_nothing(
    hidden: list[str], upper: list[bool], data: st.DataObject
) -> None:
    letters = [c.upper() if up else c for c, up in zip(".git", upper, strict=False)]
    letters += list(".git")[len(letters) :]
    name = hidden[4] + "".join(c + h for c, h in zip(letters, hidden, strict=False))
    name += data.draw(st.text(" .", max_size=3))
    prefix = data.draw(st.sampled_from(["", "a/", "a\\", "./"]))
    assert protection(f"{prefix}{name}/config") is Protection.NEVER


@pytest.mark.parametrize("part", ["..", "a\0", "a\nb", "a\x7f", "\ud800", "x" * 256, "é" * 128])
def test_some_names_are_wrong_everywhere(part: str) -> None:
    assert fault(part)


@pytest.mark.parametrize(
    "part",
    [
        "a:b", "file.txt:stream", "c:", "name.", "name...", "con", "CON", "con.txt",
        "NUL.tar.gz", "aux.c", "COM1", "com9.log", "LPT¹", "CONIN$", "prn", "name ", "con .txt",
        "x\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe",
    ],
)  # fmt: skip
def test_some_names_mean_something_else_on_other_systems(part: str) -> None:
    assert ambiguity(part)
    assert not fault(part)


@pytest.mark.parametrize(
    "part",
    [
        "console.py", "auxiliary", "com", "com10", "é.py", "[id].tsx", "a b", "...x", "日本.md",
    ],
)  # fmt: skip
def test_usual_names_are_fine(part: str) -> None:
    assert (fault(part), ambiguity(part)) == ("", "")


@pytest.mark.parametrize(
    ("part", "names", "spelled"),
    [
        ("readme.md", ["README.md", "src"], "README.md"),
        ("readme.md", ["README.md", "readme.md"], "readme.md"),
        ("e\N{COMBINING ACUTE ACCENT}.py", ["\N{LATIN SMALL LETTER E WITH ACUTE}.py"], "é.py"),
        ("new.py", ["old.py"], "new.py"),
    ],
)
def test_a_file_is_called_as_its_folder_calls_it(part: str, names: list[str], spelled: str) -> None:
    assert as_spelled(part, names) == spelled
