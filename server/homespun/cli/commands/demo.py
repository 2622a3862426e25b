"""`homespun demo`: an edit from start to undo, with nothing set up and nothing left behind."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from homespun.cli.demo.play import Play
from homespun.cli.demo.setting import SCRIPT, environment, project
from homespun.cli.demo.stage import Stage
from homespun.cli.safe import printable
from homespun.cli.scripted import MODEL, scripted_endpoint
from homespun.cli.session import Session
from homespun.errors import HomespunError
from homespun.providers.discovery import Found, discover
from homespun.providers.kinds import KINDS


@dataclass(frozen=True, slots=True)
class Model:
    """The model that plays: the environment that names it, and what to say of it."""

    environ: dict[str, str]
    said: str
    scripted: bool = False


@click.command("demo")
@click.pass_obj
def command(session: Session) -> int:
    """See an edit from start to undo, in a small project made for it.

    Your files and settings are not touched. On a terminal, where a known model server runs on
    this machine, it is offered; else a scripted model plays.
    """
    stage = Stage(session.out)
    with _model(session) as model, project() as copy, _home() as home:
        stage.title("Homespun: edits from your own model, in any editor", model.said)
        good = _perform(session, Play(stage, copy), home, model)
        stage.line()
        if not good and not model.scripted:
            stage.line("This time your model did not get it right, and nothing of it is left.")
            return 0
        stage.line("That was the real server, spoken to as editors do. Next: your own editor,")
        stage.line("see docs/getting-started.md; `homespun doctor` says what is missing.")
    return 0 if good else 1


def _perform(session: Session, play: Play, home: Path, model: Model) -> bool:
    environ = environment(home, session.environ, model.environ)
    with (home / "server.log").open("w+b") as log:
        try:
            return asyncio.run(play.perform(environ, log))
        except HomespunError:
            log.seek(0)
            session.say(printable(log.read().decode(errors="replace")), style="dim")
            raise


@contextmanager
def _model(session: Session) -> Generator[Model]:
    found = _offered(session) if session.asks and session.out.is_terminal else None
    if found is not None:
        yield _real(found)
        return
    with scripted_endpoint(SCRIPT) as address:
        environ = {"HOMESPUN_MODEL": MODEL, "SCRIPTED_BASE_URL": address}
        yield Model(environ, "a scripted model plays, at a human pace", scripted=True)


def _offered(session: Session) -> Found | None:
    """A model server of this machine that the user wants to see; None for none."""
    for found in asyncio.run(discover()):
        if not found.models:
            continue
        name = f"{KINDS[found.kind].title} with {found.models[0]}"
        session.say(f"{name} runs here, at {found.base_url}.", style="bold")
        session.err.print("Use it for this demo? Else a scripted model plays. [y/N] ", end="")
        if session.stdin.readline().strip().lower().startswith("y"):
            return found
    return None


def _real(found: Found) -> Model:
    kind = KINDS[found.kind]
    environ = {
        "HOMESPUN_MODEL": f"{kind.id}/{found.models[0]}",
        f"{kind.env}_BASE_URL": found.base_url,
    }
    return Model(environ, f"{kind.title} plays, with {found.models[0]}")


@contextmanager
def _home() -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="homespun-home-", ignore_cleanup_errors=True) as home:
        yield Path(home)
