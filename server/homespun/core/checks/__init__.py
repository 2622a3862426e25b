"""Is a change safe to offer? One table of checks, each a small pure function."""

from __future__ import annotations

from collections.abc import Sequence

from homespun.core.checks.change import Change, Check, Finding, Parse, unread
from homespun.core.checks.damage import (
    conflict_markers,
    diff_syntax,
    duplicates,
    example,
    existing,
    fences,
    nul,
    placeholders,
    shrink,
)
from homespun.core.checks.frame import settle, trim_region
from homespun.core.checks.grammar import broken_grammar
from homespun.core.checks.reach import editor_address, remote_schema
from homespun.core.checks.syntax import broken_syntax, unbalanced_brackets
from homespun.core.reply import FileUpdate

__all__ = ["CHECKS", "Change", "Check", "Finding", "check", "settle", "trim_region"]

CHECKS: Sequence[Check] = (
    example,
    existing,
    placeholders,
    shrink,
    conflict_markers,
    nul,
    diff_syntax,
    fences,
    duplicates,
    broken_syntax,
    broken_grammar,
    unbalanced_brackets,
    remote_schema,
    editor_address,
)


def check(
    update: FileUpdate,
    path: str,
    before: str | None,
    after: str,
    checks: Sequence[Check] = CHECKS,
    parse: Parse = unread,
) -> tuple[Finding, ...]:
    """What speaks against turning `before` (None for a new file) into `after`, by `update`.

    `path` is the file's, for its name tells its language; `parse` knows its grammar. Only what the
    change itself brings is held against it. Deletions and renames change no text and are not
    looked at.
    """
    if update.action in ("delete", "rename"):
        return ()
    change = Change(update, path, before, after, parse)
    return tuple(finding for look in checks for finding in look(change))
