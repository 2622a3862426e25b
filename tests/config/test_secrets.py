"""Keys from the keyring and from programs: found, remembered, and never shown."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

import pytest
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from homespun.config.secrets import Printed, Secrets
from homespun.errors import BadSetting


class MemoryStore:
    def __init__(self, **keys: str) -> None:
        self.keys = keys

    def get_password(self, service_name: str, username: str) -> str | None:
        assert service_name == "homespun"
        return self.keys.get(username)

    def set_password(self, service_name: str, username: str, password: str) -> None:
        self.keys[username] = password

    def delete_password(self, service_name: str, username: str) -> None:
        del self.keys[username]


class LostStore(MemoryStore):
    def get_password(self, service_name: str, username: str) -> str | None:
        raise ConnectionError("the bus went away")


class LockedStore(MemoryStore):
    def get_password(self, service_name: str, username: str) -> str | None:
        raise KeyringLocked("the user said no")


def test_a_key_goes_into_the_keyring_and_comes_out_and_goes() -> None:
    store = MemoryStore()
    secrets = Secrets(lambda: store)
    assert secrets.keep("work", "sk-1") == "keyring:work"
    assert secrets.resolve("keyring:work") == "sk-1"
    secrets.keep("work", "sk-2")
    assert secrets.resolve("keyring:work") == "sk-2"
    secrets.forget("work")
    secrets.forget("never was there")
    with pytest.raises(BadSetting, match="no key called 'work'"):
        secrets.resolve("keyring:work")


def test_without_a_keyring_the_environment_is_named() -> None:
    silent = ((LockedStore(), "did not answer"), (LostStore(), "did not answer"))
    for store, words in ((NoKeyring(), "has no keyring"), *silent):
        with pytest.raises(BadSetting, match=words) as caught:
            Secrets(lambda store=store: store).resolve("keyring:work")
        assert "env:NAME" in caught.value.hint


def reference(*arguments: str) -> str:
    return "command:" + json.dumps(arguments)


def test_a_program_prints_the_key_on_its_first_line() -> None:
    code = "import sys; print(' sk-3 '); print('more'); print('noise', file=sys.stderr)"
    assert Secrets().resolve(reference(sys.executable, "-c", code)) == "sk-3"


def test_there_is_no_shell_and_nothing_to_read() -> None:
    code = "import sys; print(sys.argv[1] + repr(sys.stdin.read()))"
    found = Secrets().resolve(reference(sys.executable, "-c", code, "$HOME;`id`"))
    assert found == "$HOME;`id`''"


def test_a_key_is_remembered_for_a_while() -> None:
    ran: list[Sequence[str]] = []
    now = [0.0]

    def run(arguments: Sequence[str]) -> Printed:
        ran.append(arguments)
        return Printed(0, b"sk-%d\n" % len(ran))

    secrets = Secrets(run=run, clock=lambda: now[0])
    assert secrets.resolve(reference("pass", "work")) == "sk-1"
    now[0] = 299
    assert secrets.resolve(reference("pass", "work")) == "sk-1"
    assert secrets.resolve(reference("pass", "other")) == "sk-2"
    now[0] = 301
    assert secrets.resolve(reference("pass", "work")) == "sk-3"
    assert ran == [["pass", "work"], ["pass", "other"], ["pass", "work"]]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("command:pass show work", "not a list"),
        ("command:[]", "not a list"),
        ('command:[""]', "not a list"),
        ('command:["a", 3]', "not a list"),
        ("command:" + "[" * 100_000, "not a list"),
        (reference("no-such-program-here"), "cannot be run"),
        (reference(sys.executable, "-c", "import sys; print('sk-4'); sys.exit(3)"), "ended with 3"),
        (reference(sys.executable, "-c", "print()"), "printed nothing"),
    ],
)
def test_what_gives_no_key_says_why_and_shows_no_key(written: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words) as caught:
        Secrets().resolve(written)
    assert caught.value.hint
    assert "sk-4" not in f"{caught.value.message} {caught.value.hint}"


def test_a_program_that_does_not_end_is_ended() -> None:
    secrets = Secrets(patience=0.2)
    with pytest.raises(BadSetting, match="longer than"):
        secrets.resolve(reference(sys.executable, "-c", "import time; time.sleep(60)"))
