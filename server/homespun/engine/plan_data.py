"""Plans as plain JSON, for the journal: what a restart must not lose."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from functools import cache
from typing import TYPE_CHECKING

from homespun.core.plan import ChangePlan

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def dumped(plan: ChangePlan) -> str:
    """`plan` with all its texts and decisions. The editor's versions mean nothing to another."""
    files = tuple(replace(file, version=None) for file in plan.files)
    return json.dumps(asdict(replace(plan, files=files)))


def loaded(text: str) -> ChangePlan:
    """The plan that `dumped` gave. Raises `ValueError` for anything else."""
    return _adapter().validate_python(json.loads(text))


@cache
def _adapter() -> TypeAdapter[ChangePlan]:
    from pydantic import TypeAdapter

    return TypeAdapter(ChangePlan)
