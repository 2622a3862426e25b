"""A hundred secrets as they stand in code: forms as of their makers, made up here at random.

Nothing in this file has the form of a secret, so no scanner takes it for a leak: each is put
together when the tests run.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass

_UPPER = string.ascii_uppercase
_WORD = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_BASE32 = _UPPER + "234567"
_URL = _WORD + "-_"


@dataclass(frozen=True, slots=True)
class Planted:
    """A secret (all of `parts` must stay here) in a file called `file` with this `text`."""

    kind: str
    file: str
    text: str
    parts: tuple[str, ...]


def _made(chance: random.Random, letters: str, count: int) -> str:
    made = "".join(chance.choice(letters) for _ in range(count))
    # As true keys nearly always have: digits, and both cases where the letters have them.
    return made if sum(c.isdigit() for c in made) > count // 12 else _made(chance, letters, count)


def _token(prefix: str, letters: str, count: int) -> Callable[[random.Random], str]:
    return lambda chance: prefix + _made(chance, letters, count)


def _jwt(chance: random.Random) -> str:
    head, body = (
        {"alg": "HS256", "typ": "JWT"},
        {"sub": _made(chance, _WORD, 12), "iat": 1700000000},
    )
    pieces = (base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in (head, body))
    return ".".join((*(piece.rstrip("=") for piece in pieces), _made(chance, _URL, 43)))


def _pem(label: str, lines: int = 8) -> Callable[[random.Random], str]:
    def make(chance: random.Random) -> str:
        body = "\n".join(_made(chance, _WORD + "+/", 64) for _ in range(lines))
        return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----"

    return make


def _slack_hook(chance: random.Random) -> str:
    pieces = (_made(chance, _UPPER + string.digits, 9), _made(chance, _UPPER + string.digits, 9))
    return f"https://hooks.slack.com/services/T{pieces[0]}/B{pieces[1]}/" + _made(chance, _WORD, 24)


TOKENS: dict[str, Callable[[random.Random], str]] = {
    "AWS access key": _token("AK" + "IA", _BASE32, 16),
    "AWS session key": _token("AS" + "IA", _BASE32, 16),
    "GitHub token": _token("gh" + "p_", _WORD, 36),
    "GitHub server token": _token("gh" + "s_", _WORD, 36),
    "GitHub fine-grained token": _token("github_" + "pat_", _WORD + "_", 82),
    "GitLab token": _token("gl" + "pat-", _URL, 20),
    "GitLab runner token": _token("gl" + "rt-", _URL, 20),
    "Slack bot token": lambda c: f"xo{'xb'}-{_made(c, string.digits, 12)}-{_made(c, _WORD, 24)}",
    "Slack app token": lambda c: f"xa{'pp'}-1-A{_made(c, _WORD, 10)}-{_made(c, _HEX, 64)}",
    "Slack webhook": _slack_hook,
    "Stripe key": _token("sk_" + "live_", _WORD, 24),
    "Stripe restricted key": _token("rk_" + "live_", _WORD, 24),
    "Stripe webhook secret": _token("wh" + "sec_", _WORD, 32),
    "Google key": _token("AI" + "za", _URL, 35),
    "Google OAuth secret": _token("GOC" + "SPX-", _URL, 28),
    "OpenAI key": lambda c: f"sk-{'proj'}-{_made(c, _URL, 74)}",
    "Anthropic key": lambda c: f"sk-{'ant'}-api03-{_made(c, _URL, 93)}",
    "npm token": _token("np" + "m_", _WORD, 36),
    "PyPI token": _token("py" + "pi-AgEIcHlwaS5vcmc", _URL, 120),
    "Twilio key": _token("S" + "K", _HEX, 32),
    "SendGrid key": lambda c: f"S{'G'}.{_made(c, _URL, 22)}.{_made(c, _URL, 43)}",
    "Azure storage key": lambda c: (
        "DefaultEndpointsProtocol=https;AccountName=files;Account"
        f"Key={_made(c, _WORD + '+/', 86)}==;EndpointSuffix=core.windows.net"
    ),
    "Azure client secret": lambda c: f"{_made(c, _WORD, 3)}8Q~{_made(c, _URL, 34)}",
    "Hugging Face token": _token("h" + "f_", string.ascii_letters + string.digits, 34),
    "DigitalOcean token": _token("do" + "p_v1_", _HEX, 64),
    "Shopify token": _token("shp" + "at_", _HEX, 32),
    "Databricks token": _token("da" + "pi", _HEX, 32),
    "Telegram bot token": lambda c: f"{_made(c, string.digits, 9)}:AA{_made(c, _URL, 33)}",
    "age key": lambda c: "AGE-SECRET-" + "KEY-1" + _made(c, _UPPER + "234567", 58),
    "JWT": _jwt,
    "Postgres URL": lambda c: f"postgresql://app:{_made(c, _WORD, 16)}@db.internal:5432/app",
    "MySQL URL": lambda c: f"mysql+pymysql://root:{_made(c, _WORD, 14)}@10.0.0.4/shop",
    "MongoDB URL": lambda c: f"mongodb+srv://svc:{_made(c, _WORD, 18)}@cluster0.mongodb.net",
    "Redis URL": lambda c: f"redis://:{_made(c, _WORD, 20)}@cache:6379/0",
    "RSA key": _pem("RSA PRIVATE " + "KEY"),
    "PKCS8 key": _pem("PRIVATE " + "KEY"),
    "OpenSSH key": _pem("OPENSSH PRIVATE " + "KEY"),
    "EC key": _pem("EC PRIVATE " + "KEY", 3),
    "PGP key": _pem("PGP PRIVATE " + "KEY BLOCK", 12),
}
"""Forms that tell by themselves what they are."""

NAMED: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "AWS secret key": ("aws_secret_access_key", _token("", _WORD + "/+", 40)),
    "password": ("db_password", _token("", _WORD + "!#%*", 18)),
    "API key in hex": ("api_key", _token("", _HEX, 40)),
    "secret in base64": ("client_secret", _token("", _WORD + "+/", 44)),
    "signing key": ("SECRET_KEY", _token("", _WORD + "-_", 50)),
    "token": ("access_token", _token("", _WORD, 32)),
    "Twilio auth token": ("twilio_auth_token", _token("", _HEX, 32)),
    "Datadog key": ("DD_API_KEY", _token("", _HEX, 32)),
    "encryption key": ("encryption_key", _token("", _HEX, 64)),
}
"""Forms that only their names tell of."""

CONTEXTS: tuple[tuple[str, str], ...] = (
    ("settings.py", 'import os\n\n{name} = "{secret}"\n\n\ndef load():\n    return {name}\n'),
    ("config.js", "export const config = {{\n  {name}: '{secret}',\n  retries: 3,\n}};\n"),
    ("deploy.yaml", "service: web\nenv:\n  {name}: {secret}\n  region: eu\n"),
    ("app.json", '{{\n  "{name}": "{secret}",\n  "debug": false\n}}\n'),
    ("app.toml", '[service]\n{name} = "{secret}"\nport = 80\n'),
    ("app.ini", "[service]\n{name} = {secret}\nport = 80\n"),
    ("run.sh", '#!/bin/sh\nset -e\nexport {name}="{secret}"\nexec ./app\n'),
    ("Dockerfile", "FROM debian\nENV {name}={secret}\nRUN make\n"),
    ("main.tf", 'variable "x" {{}}\n\nlocals {{\n  {name} = "{secret}"\n}}\n'),
    ("notes.env.example.txt", "# copy me\n{name}={secret}\nPORT=80\n"),
)


def corpus(count: int = 100) -> list[Planted]:
    """So many secrets, each form and each context as often as any other, the same each time."""
    chance = random.Random(20261127)
    forms = [(kind, "value", make) for kind, make in TOKENS.items()]
    forms += [(kind, name, make) for kind, (name, make) in NAMED.items()]
    return [_planted(chance, n, *forms[n % len(forms)]) for n in range(count)]


def _planted(
    chance: random.Random, number: int, kind: str, name: str, make: Callable[[random.Random], str]
) -> Planted:
    secret = make(chance)
    file, form = CONTEXTS[number % len(CONTEXTS)]
    if "\n" in secret:
        text = f'KEY = """\n{secret}\n"""\n\n\ndef load():\n    return KEY\n'
        return Planted(kind, f"{number}_keys.py", text, tuple(secret.split("\n")[1:-1]))
    text = form.format(name=name, secret=secret)
    return Planted(kind, f"{number}_{file}", text, (_essential(secret),))


def _essential(secret: str) -> str:
    """What must not leave: of an address or a connection string, its password or key alone."""
    for before, after in (("Account" + "Key=", "=="), ("://", "@")):
        if before in secret and after in secret and "hooks" not in secret:
            inside = secret.split(before, 1)[1].split(after, 1)[0]
            return inside.rpartition(":")[2]
    return secret
