"""Keys that are kept elsewhere: in the system's keyring, or printed by a program of the user's.

`keyring:NAME` is looked up under our service's name; `command:["pass", "show", "work"]` runs that
program, without a shell, and takes the first line that it prints. Neither a key nor what a program
prints is ever logged or shown. Where a reference may stand is `layers`' to say: a command only in
the user's own file.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol, cast

from homespun.errors import BadSetting

SERVICE = "homespun"
"""Under which the keyring keeps our keys."""

COMMAND = "command:"
KEYRING = "keyring:"

_PATIENCE = 20.0
"""Seconds that a program gets: some ask for a finger on a reader first."""
_KEPT = 300.0
"""Seconds for which a key is remembered: programs that fetch one take a while."""
_LONGEST = 16_384
"""Bytes of what a program prints that are looked at."""


class Store(Protocol):
    """The part of the library `keyring` that is used; its errors are `KeyringError`."""

    def get_password(self, service_name: str, username: str, /) -> str | None:
        """The secret, None where there is none."""
        ...

    def set_password(self, service_name: str, username: str, password: str, /) -> None:
        """Keep a secret."""
        ...

    def delete_password(self, service_name: str, username: str, /) -> None:
        """Forget a secret."""
        ...


@dataclass(frozen=True, slots=True)
class Printed:
    """How a program ended: its exit code, and what it printed."""

    code: int
    output: bytes


Run = Callable[[Sequence[str]], Printed]


class Secrets:
    """Resolves references to keys. Methods block, and may be called from several threads."""

    def __init__(
        self,
        store: Callable[[], Store] | None = None,
        run: Run | None = None,
        clock: Callable[[], float] = time.monotonic,
        patience: float = _PATIENCE,
    ) -> None:
        """`store` and `run` are the system's where they are not given.

        `clock` and `patience`, which a program gets, in seconds.
        """
        self._store = store or _system_keyring
        self._run = run or partial(_run, patience)
        self._clock = clock
        self._known: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def resolve(self, reference: str) -> str:
        """The key that `keyring:NAME` or `command:[...]` stands for. Raises `BadSetting`."""
        with self._lock:
            found = self._known.get(reference)
            if found is None or self._clock() - found[0] > _KEPT:
                found = self._clock(), self._looked_up(reference)
                self._known[reference] = found
            return found[1]

    def keep(self, name: str, key: str) -> str:
        """Put a key into the keyring; the reference to it. Raises `BadSetting`."""
        with _told(name):
            self._store().set_password(SERVICE, name, key)
        self._known.pop(KEYRING + name, None)
        return KEYRING + name

    def forget(self, name: str) -> None:
        """Take a key out of the keyring, where there is one."""
        with _told(name):
            store = self._store()
            if store.get_password(SERVICE, name) is not None:
                store.delete_password(SERVICE, name)
        self._known.pop(KEYRING + name, None)

    def _looked_up(self, reference: str) -> str:
        if reference.startswith(KEYRING):
            return self._from_keyring(reference.removeprefix(KEYRING).strip())
        return self._from_command(command(reference))

    def _from_keyring(self, name: str) -> str:
        with _told(name):
            key = self._store().get_password(SERVICE, name)
        if not key:
            raise BadSetting(
                f"The keyring has no key called {name!r}.",
                f"Put it there with `keyring set {SERVICE} {name}`, or use `env:NAME`.",
            )
        return key.strip()

    def _from_command(self, arguments: Sequence[str]) -> str:
        program = arguments[0]
        try:
            printed = self._run(arguments)
        except subprocess.TimeoutExpired as error:
            raise BadSetting(
                f"{program!r} was to print a key, and took longer than {error.timeout:g} s.",
                "Run it by hand: it may be waiting for an answer.",
            ) from error
        except OSError as error:
            raise BadSetting(
                f"{program!r}, which is to print a key, cannot be run: {error.strerror}.",
                "Correct the `api_key` in your settings.",
            ) from error
        key = printed.output[:_LONGEST].decode("utf-8", "replace").split("\n", 1)[0].strip()
        if printed.code or not key:
            ended = f"ended with {printed.code}" if printed.code else "printed nothing"
            raise BadSetting(f"{program!r} was to print a key, and {ended}.", "Run it by hand.")
        return key


def command(reference: str) -> Sequence[str]:
    """The program and its arguments in `command:["program", ...]`. Raises `BadSetting`."""
    try:
        found = json.loads(reference.removeprefix(COMMAND))
    except (ValueError, RecursionError):
        found = None
    arguments = cast("list[object]", found) if isinstance(found, list) else []
    texts = [argument for argument in arguments if isinstance(argument, str)]
    if not texts or not texts[0] or len(texts) != len(arguments):
        raise BadSetting(
            "A key's `command:` is not a list of texts.",
            'Write it as command:["program", "first argument"], as a JSON array.',
        )
    return texts


@contextmanager
def _told(name: str) -> Generator[None]:
    """Give the keyring's failures a message and a way out."""
    from keyring.errors import NoKeyringError

    try:
        yield
    except Exception as error:  # backends are others' code, and not all keep to `KeyringError`
        none = isinstance(error, NoKeyringError)
        what = "This system has no keyring" if none else "The system's keyring did not answer"
        raise BadSetting(
            f"{what}, so the key {name!r} cannot be kept in it or read from it.",
            "Keep the key in an environment variable, and set `api_key` to `env:NAME`.",
        ) from error


def _system_keyring() -> Store:
    import keyring

    return cast("Store", keyring.get_keyring())


def _run(patience: float, arguments: Sequence[str]) -> Printed:
    """Run a program that has nothing to read; what it says on stderr is dropped."""
    done = subprocess.run(  # noqa: S603 - the user's own file named it, and there is no shell
        list(arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=patience,
        check=False,
    )
    return Printed(done.returncode, done.stdout)
