"""A plan as a patch, for people, `git apply` and `patch`."""

from __future__ import annotations

from homespun.core.diff import unified
from homespun.core.plan import ChangePlan, FileChange


def patch(plan: ChangePlan) -> str:
    """All that `plan` would change, in git's extended form of a unified diff."""
    return "".join(_file(change) for change in plan.offered)


def _file(change: FileChange) -> str:
    body = unified(change.before or "", change.after, change.path)
    old, new, hunks = _cut(body)
    head = f"diff --git a/{change.path} b/{change.new_path or change.path}\n"
    match change.action:
        case "create":
            return f"{head}new file mode 100644\n" + _joined("--- /dev/null\n", new, hunks)
        case "delete":
            return f"{head}deleted file mode 100644\n" + _joined(old, "+++ /dev/null\n", hunks)
        case "rename":
            _, new, _ = _cut(unified(change.before or "", change.after, change.new_path))
            moved = f"rename from {change.path}\nrename to {change.new_path}\n"
            return head + moved + _joined(old, new, hunks)
        case "edit":
            return body


def _cut(body: str) -> tuple[str, str, str]:
    """The two header lines and the rest; three times "" where nothing changed."""
    old, _, rest = body.partition("\n")
    new, _, hunks = rest.partition("\n")
    return f"{old}\n", f"{new}\n", hunks


def _joined(old: str, new: str, hunks: str) -> str:
    return old + new + hunks if hunks else ""
