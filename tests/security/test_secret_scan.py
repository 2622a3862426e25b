"""Secrets in text: what is found, what is not, and that all of it comes back."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.security.secret_scan import findings, redact, restore
from model_servers.depth import examples

DATA = "\n".join(["MIIEpAIBAAKCAQEA7bq" + "x+/9" * 11] * 4) + "\n"
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{DATA}-----END RSA PRIVATE KEY-----\n"

# Cut in two, so that no scanner takes this file for a leak.
SECRETS = [
    ("AWS access key", "AKIA" + "IOSFODNN7EXAMPLE"),
    ("GitHub token", "ghp_" + "a1B2" * 9),
    ("GitHub token", "github_pat_" + "a1B2_" * 16),
    ("GitLab token", "glpat-" + "aB3-" * 5),
    ("Slack token", "xoxb-" + "123456789012-abcdefGHIJ"),
    ("Google key", "AIza" + "aB3_-" * 7),
    ("Stripe key", "sk_live_" + "aB3d" * 6),
    ("API key", "sk-" + "aB3d" * 12),
    ("API key", "sk-ant-api03-" + "aB3d_" * 12),
    ("API key", "sk-or-v1-" + "0123456789abcdef" * 4),
]


@pytest.mark.parametrize(("kind", "secret"), SECRETS)
@pytest.mark.parametrize("around", ["{}", 'key = "{}"\n', "KEY={}\r\n", "({}, 1)", "https://{}@h/"])
def test_unmistakable_forms_are_found_whole(kind: str, secret: str, around: str) -> None:
    text = around.format(secret)
    (found,) = findings(text)
    assert (found.kind, text[found.start : found.end]) == (kind, secret)


@pytest.mark.parametrize(
    "line",
    [
        "aws_secret_access_key = {}",
        'AWS_SECRET_ACCESS_KEY="{}"',
        '"awsSecretKey": "{}",',
        "aws_secret_key:={}",
    ],
)
def test_an_aws_secret_is_known_by_its_name(line: str) -> None:
    secret = "wJalrXUtnFEMI/K7MDENG+" + "bPxRfiCYEXAMPLEKEY"
    text = line.format(secret)
    (found,) = findings(text)
    assert (found.kind, text[found.start : found.end]) == ("AWS secret key", secret)


@pytest.mark.parametrize(
    "text",
    [
        PEM,
        PEM.replace("RSA ", ""),
        PEM.replace("RSA ", "OPENSSH "),
        PEM.replace("RSA ", "ENCRYPTED "),
        PEM.replace("\n", "\r\n"),
        'KEY = "' + PEM.replace("\n", "\\n") + '"',
        PEM.replace("KEY-----\nM", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: X\n\nM"),
        PEM.replace("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"),
        "\n".join("    " + line for line in PEM.splitlines()),
        PEM.split("-----END")[0],
    ],
)
def test_private_keys_are_found_and_the_code_behind_them_is_left(text: str) -> None:
    text = text + "\n(the code behind it)\n"
    (found,) = findings(text)
    assert found.kind == "private key"
    hidden, _ = redact(text)
    assert "MIIEpAIBAAKCAQEA7bq" not in hidden
    assert "(the code behind it)" in hidden


@pytest.mark.parametrize(
    "text",
    [
        'if "-----BEGIN PRIVATE KEY-----" in text: return find("-----END PRIVATE KEY-----")',
        "-----BEGIN CERTIFICATE-----\n" + DATA + "-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\n" + DATA + "-----END PUBLIC KEY-----",
        "AKIA" + "IOSFODNN7EXAMPL",
        "MAKIA" + "IOSFODNN7EXAMPLE",
        "ghp_short",
        "task-" + "a1b2" * 12,
        "sk-" + "very-long-css-class-name-without-any-digit-in-it",
        "sha256:" + "0123456789abcdef" * 4,
        "AIzaShort",
        "risk_live_" + "a1" * 10,
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert findings(text) == ()
    assert redact(text) == (text, {})


def test_a_secret_has_the_same_placeholder_everywhere() -> None:
    one, two = SECRETS[1][1], SECRETS[5][1]
    first, _ = redact(f"{one} {two} {one}")
    second, _ = redact(f"x = {one}")
    a, b, again = first.split()
    assert a == again == second.removeprefix("x = ")
    assert a != b


def test_a_placeholder_that_nobody_made_is_left_alone() -> None:
    _, secrets = redact(SECRETS[0][1])
    other = "HOMESPUN_SECRET_" + "0" * 16
    assert restore(other, secrets) == other
    assert restore(other, {}) == other


PIECES = st.sampled_from([PEM, *(secret for _, secret in SECRETS)]) | st.text(max_size=10)


@settings(max_examples=examples(200))
@given(st.lists(PIECES, max_size=8), st.sampled_from([" ", "\n", ";"]))
def test_what_was_hidden_comes_back(pieces: list[str], between: str) -> None:
    text = between.join(pieces)
    hidden, secrets = redact(text)
    assert restore(hidden, secrets) == text
    assert all(secret not in hidden for secret in secrets.values())
    assert findings(hidden) == ()


@pytest.mark.parametrize(
    "unit",
    [
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n" + "A" * 60 + "\n(",
        "-----BEGIN " + "A " * 3,
        "sk-",
        "sk-aaaa ",
        "sk-" + "a" * 240 + "=",
        "aws_secret_key" + " " * 20 + "=",
        "ghp_" + "a" * 300 + " ",
    ],
)
def test_no_text_takes_long(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    began = time.monotonic()
    findings(text)
    assert time.monotonic() - began < 5
