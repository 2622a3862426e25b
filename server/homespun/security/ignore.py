"""The gate for what leaves: which files stay on this machine, whatever the task.

Three reasons keep a file here: it is outside the workspace, its name says that it holds secrets
(or the user's settings name it), or the project's ignore files leave it out.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from homespun.security.ignore_files import IgnoreFiles, exclude_file, repository
from homespun.security.patterns import Rule, decisive, parse

SECRET_FILES = (
    ".env*", "*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.p8", "*.jks", "*.keystore", "*.kdbx",
    "*.ppk", "*.gpg", "*.ovpn", "*.keytab", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*",
    ".netrc", "_netrc", ".npmrc", ".pypirc", ".pgpass", ".my.cnf", ".htpasswd", ".git-credentials",
    ".dockercfg", "**/.docker/config.json", ".vault-token", ".terraformrc", "*.tfstate",
    "*.tfstate.*", "*.tfvars", "kubeconfig*", "service-account*.json", "credentials",
    "!credentials/", "credentials*.json", "credentials*.y*ml", "credentials*.toml",
    "credentials*.ini", "credentials*.xml", "credentials*.csv", "credentials*.properties",
    "credentials*.enc", "secrets", "!secrets/", "secrets*.json", "secrets*.y*ml", "secrets*.toml",
    "secrets*.ini", "secrets*.properties", "secrets*.enc", ".ssh/", ".aws/", ".gnupg/", ".kube/",
    ".azure/", "**/.config/gcloud/", ".git",
)  # fmt: skip
"""Names of files that hold secrets, as patterns. The user's own `ignore` comes after them."""

PROJECT_FILES = (".homespunignore", ".ignore", ".gitignore")
"""The project's ignore files, strongest kind first: the next is asked where one says nothing."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Rules, the file they come from, and how many parts below the top that file's folder is."""

    name: str
    depth: int
    rules: Sequence[Rule]
    unusable: bool = False


class Outward:
    """Says of each file whether it may be shown to a model."""

    def __init__(self, folders: Sequence[str], extra_patterns: Sequence[str]) -> None:
        """For the workspace folders at these absolute paths, and the setting `ignore`.

        In `extra_patterns` a `!` lets through what the built-in names keep here. Letter case
        never counts in either. An entry of several lines does not count.
        """
        self._tops = {os.path.realpath(f): repository(os.path.realpath(f)) for f in folders}
        self._secret = (_Source("", 0, secret_rules(extra_patterns)),)
        self._files = IgnoreFiles()

    def reason(self, path: str) -> str | None:
        """Why the file at this absolute path may not leave; None where it may.

        Of a link, both its name and the file that it stands for must be free to leave.
        """
        real = os.path.realpath(path)
        named = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        return self._reason(real) or (self._reason(named) if named != real else None)

    def _reason(self, path: str) -> str | None:
        folder = max((f for f in self._tops if _holds(f, path)), key=len, default=None)
        if folder is None:
            return "it is outside the workspace folders"
        return self._secret_reason(_parts(folder, path)) or self._project_reason(
            self._tops[folder], path
        )

    def _secret_reason(self, parts: Sequence[str]) -> str | None:
        _, rule = _decided(self._secret, parts)
        if rule is None or rule.negated:
            return None
        if rule.line > len(SECRET_FILES):
            return "the setting `ignore` leaves it out"
        return "files of this name hold secrets"

    def _project_reason(self, top: str, path: str) -> str | None:
        parts = _parts(top, path)
        for kind in PROJECT_FILES:
            sources = self._sources(kind, top, parts)
            for source in sources:
                if source.unusable:
                    return f"{source.name} cannot be read"
            source, rule = _decided(sources, parts)
            if source and rule:
                return None if rule.negated else f"{source.name} leaves it out (line {rule.line})"
        return None

    def _sources(self, kind: str, top: str, parts: Sequence[str]) -> list[_Source]:
        """The ignore files of one kind that are about a file, the nearest first."""
        places = [("/".join((*parts[:depth], kind)), depth) for depth in range(len(parts))]
        paths = [(name, depth, os.path.join(top, name)) for name, depth in reversed(places)]
        if kind == ".gitignore":
            paths.append((".git/info/exclude", 0, exclude_file(top)))
        found = [(name, depth, self._files.at(path)) for name, depth, path in paths]
        return [
            _Source(name, depth, file.rules, file.unusable)
            for name, depth, file in found
            if file.rules or file.unusable
        ]


def secret_rules(extra_patterns: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of the built-in names, and after them of the setting `ignore`."""
    # Behind a line end there could stand a `!` that nobody who checked the entry has seen.
    extra = (pattern for pattern in extra_patterns if not _has_line_end(pattern))
    return parse("\n".join((*SECRET_FILES, *extra)), any_case=True)


def _decided(
    sources: Sequence[_Source], parts: Sequence[str]
) -> tuple[_Source | None, Rule | None]:
    """The rule that decides about a file: a folder that is left out takes all inside with it."""
    decided: tuple[_Source | None, Rule | None] = (None, None)
    for depth in range(1, len(parts) + 1):
        source, rule = _strongest(sources, parts[:depth], folder=depth < len(parts))
        if rule is None:
            continue
        decided = source, rule
        if not rule.negated:
            break
    return decided


def _strongest(
    sources: Sequence[_Source], parts: Sequence[str], *, folder: bool
) -> tuple[_Source | None, Rule | None]:
    for source in sources:
        if source.depth >= len(parts):
            continue
        rule = decisive(source.rules, parts[source.depth :], folder=folder)
        if rule is not None:
            return source, rule
    return None, None


def _has_line_end(pattern: str) -> bool:
    return "\n" in pattern or "\r" in pattern


def _holds(folder: str, path: str) -> bool:
    folder, path = os.path.normcase(folder), os.path.normcase(path)
    return path.startswith(folder.rstrip(os.sep) + os.sep)


def _parts(folder: str, path: str) -> list[str]:
    return os.path.relpath(path, folder).split(os.sep)
