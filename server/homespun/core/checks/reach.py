"""Text that makes an editor reach out: addresses in its settings and schemas.

Editors fetch a remote `$schema` as soon as the file is open, which carries out what stands in
the address (CVE-2025-49150, CVE-2025-53097).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from homespun.core.checks.change import Change, Finding

_SCHEMA = re.compile(
    r"[\"']?\$schema[\"']?\s*[:=]\s*[\"']?(?:https?:)?//|yaml-language-server:\s*\$schema", re.I
)
_ADDRESS = re.compile(r"https?://", re.I)
_EDITOR_FOLDERS = (".vscode", ".idea", ".zed", ".cursor", ".devcontainer", ".fleet")


def remote_schema(change: Change) -> Iterator[Finding]:
    """Show a remote `$schema` that the change brings."""
    if any(_SCHEMA.search(line) for _, line in change.added):
        yield Finding("remote_schema", "names a remote $schema, which editors fetch", fatal=False)


def editor_address(change: Change) -> Iterator[Finding]:
    """Show an address that the change brings into an editor's settings."""
    parts = change.path.replace("\\", "/").lower().split("/")
    settings = change.suffix == "code-workspace" or any(part in _EDITOR_FOLDERS for part in parts)
    if settings and any(_ADDRESS.search(line) for _, line in change.added):
        message = "brings an address into the editor's settings"
        yield Finding("editor_address", message, fatal=False)
