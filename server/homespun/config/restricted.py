"""What a workspace's own file may set: only what can do no harm.

A project comes from anybody. Its file must not choose who gets the user's text (model, address,
key, header), run anything, or loosen what the user asked for (CVE-2026-21852 and its kind).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath, PureWindowsPath

from homespun.config.checked import KeyPath, Problem, Table, dotted, leaves
from homespun.config.secrets import COMMAND

ALLOWED = ("edit_format", "review", "context", "actions", "ignore", "rules")

USERS_OWN = ("context.embeddings",)
"""What a table that may be set holds all the same that may not: it names who gets text."""

_STRICTNESS = ("never", "risky", "always")
_WHERE_INSTEAD = "a project's file may not set this; set it in your own settings"


def restricted(table: Table, review: str, file: str) -> tuple[Table, tuple[Problem, ...]]:
    """What of a checked workspace `table` counts, and a problem for each value that does not.

    `review`: what the layers below ask for.
    """
    kept = {key: value for key, value in table.items() if key in ALLOWED}
    problems = [
        Problem(file, dotted(path), _WHERE_INSTEAD)
        for path, _ in leaves(table)
        if path[0] not in ALLOWED or dotted(path) in USERS_OWN
    ]
    for section, _, name in (path.partition(".") for path in USERS_OWN):
        if name in kept.get(section, {}):
            kept[section] = {key: value for key, value in kept[section].items() if key != name}
    if _STRICTNESS.index(kept.get("review", review)) < _STRICTNESS.index(review):
        problems.append(Problem(file, "review", f"a project's file may not loosen `{review}`"))
        del kept["review"]
    for key, refusal in (("ignore", _ignore_refusal), ("rules", _rules_refusal)):
        if key in kept:
            kept[key], refused = _sifted(kept[key], refusal)
            problems += [Problem(file, key, reason) for reason in refused]
    return kept, tuple(problems)


def without_commands(table: Table, file: str) -> tuple[Table, tuple[Problem, ...]]:
    """A checked table that is not the user's own file, without programs that would be run.

    An editor's settings can come with a project as well (`.vscode/settings.json`).
    """
    table, problems = _without_checks(table, file)
    found = [path for path, value in leaves(table) if _is_command(path, value)]
    kept = table
    for path in found:
        providers = {**kept["providers"]}
        providers[path[1]] = {k: v for k, v in providers[path[1]].items() if k != "api_key"}
        kept = {**kept, "providers": providers}
    why = "only your own settings file may name a program that prints the key"
    return kept, (*problems, *(Problem(file, dotted(path), why) for path in found))


def _without_checks(table: Table, file: str) -> tuple[Table, tuple[Problem, ...]]:
    refactor = table.get("refactor", {})
    if "check" not in refactor:
        return table, ()
    kept = {key: value for key, value in refactor.items() if key != "check"}
    why = "only your own settings file may name programs to run"
    return {**table, "refactor": kept}, (Problem(file, "refactor.check", why),)


def _is_command(path: KeyPath, value: object) -> bool:
    is_key = len(path) == 3 and path[0] == "providers" and path[2] == "api_key"
    return is_key and str(value).strip().startswith(COMMAND)


def _sifted(values: Sequence[str], refusal: Callable[[str], str]) -> tuple[list[str], list[str]]:
    kept = [value for value in values if not refusal(value)]
    return kept, [reason for value in values if (reason := refusal(value))]


def _ignore_refusal(pattern: str) -> str:
    return "a project's file may not let files out with `!`" if pattern.startswith("!") else ""


def _rules_refusal(path: str) -> str:
    windows = PureWindowsPath(path)
    away = windows.drive or windows.root or path.startswith("~") or ".." in windows.parts
    if away or PurePosixPath(path).is_absolute():
        return "names a file outside the workspace folder"
    return ""
