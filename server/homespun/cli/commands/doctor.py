"""`homespun doctor`: is everything as it should be?"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from homespun.cli.files import root_of
from homespun.cli.options import folder_option, json_option, model_option
from homespun.cli.safe import printable
from homespun.cli.scripted import scripted_endpoint, settings_for
from homespun.cli.session import Session
from homespun.engine.ports import Check

if TYPE_CHECKING:
    from homespun.engine.engine import Engine

_READY = Path(__file__).with_name("doctor.json")
"""What the scripted model says when the doctor asks it."""

_SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "error": ("✗", "bold red")}


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Check all but your model: a scripted one answers.")
@model_option
@folder_option
@json_option
@click.pass_obj
def command(session: Session, offline: bool, model: str | None, folder: Path | None) -> int:
    """Check the settings, the model and everything in between.

    The exit code is 0 where nothing is wrong, else 1; warnings are nothing wrong.
    """
    checks: list[Check] = []

    async def work(engine: Engine) -> None:
        async for check in engine.checks():
            checks.append(check)
            if not session.as_json:
                _show(session, check)

    root = root_of(folder)
    with _flags(offline, model) as flags:
        session.run_unwarned(root, work, **flags)
    healthy = all(check.status != "error" for check in checks)
    if session.as_json:
        session.write_json({"healthy": healthy, "checks": [_as_data(check) for check in checks]})
    return 0 if healthy else 1


@contextmanager
def _flags(offline: bool, model: str | None) -> Generator[dict[str, object]]:
    if not offline:
        yield {"model": model}
        return
    with scripted_endpoint(_READY) as address:
        yield settings_for(address)


def _show(session: Session, check: Check) -> None:
    sign, style = _SIGNS[check.status]
    line = Text()
    line.append(f"{sign} {check.name}: ", style=style)
    line.append(printable(check.found))
    session.out.print(line, soft_wrap=True)
    if check.hint:
        session.out.print(Text(f"  {printable(check.hint)}", style="dim"), soft_wrap=True)


def _as_data(check: Check) -> dict[str, object]:
    return {
        "name": check.name,
        "status": check.status,
        "found": check.found,
        "hint": check.hint,
        "details": dict(check.details),
    }
