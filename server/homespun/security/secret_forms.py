"""What secrets look like: forms that their makers gave them, and names that tell what follows.

The prefixes are those that the makers document for scanners; the forms are kept narrow, for a
false alarm hides the user's own code from the model.
"""

from __future__ import annotations

import math
import re
from collections import Counter

# Linear by form: each starts with a literal, takes one class of characters, and is bounded.
TOKENS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (kind, needs, re.compile(r"(?<![A-Za-z0-9_-])" + form))
    for kind, needs, form in (
        ("AWS access key", ("AKIA", "ASIA"), r"(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
        (
            "GitHub token",
            ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
            r"gh[pousr]_[A-Za-z0-9]{36,255}(?![A-Za-z0-9])",
        ),
        ("GitHub token", ("github_pat_",), r"github_pat_[A-Za-z0-9_]{60,255}(?![A-Za-z0-9_])"),
        (
            "GitLab token",
            (
                "glpat-",
                "gldt-",
                "glrt-",
                "glft-",
                "glcbt-",
                "glptt-",
                "glimt-",
                "glsoat-",
                "glagent-",
                "gloas-",
            ),
            r"gl(?:pat|dt|rt|ft|cbt|ptt|imt|soat|agent|oas)-[A-Za-z0-9_-]{20,64}(?![A-Za-z0-9_-])",
        ),
        ("Slack token", ("xox",), r"xox[abeoprs]-[0-9][A-Za-z0-9-]{9,250}(?![A-Za-z0-9-])"),
        (
            "Slack token",
            ("xapp-",),
            r"xapp-[0-9]-[A-Za-z0-9]{8,20}-[A-Za-z0-9-]{20,250}(?![A-Za-z0-9-])",
        ),
        ("Google key", ("AIza",), r"AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
        ("Google secret", ("GOCSPX-",), r"GOCSPX-[A-Za-z0-9_-]{28}(?![A-Za-z0-9_-])"),
        ("Stripe key", ("k_live_",), r"[rs]k_live_[A-Za-z0-9]{16,250}(?![A-Za-z0-9])"),
        ("Stripe secret", ("whsec_",), r"whsec_[A-Za-z0-9+/]{32,80}(?![A-Za-z0-9+/])"),
        (
            "API key",
            ("sk-",),
            r"sk-(?=[A-Za-z_-]{0,250}[0-9])[A-Za-z0-9_-]{32,250}(?![A-Za-z0-9_-])",
        ),
        ("npm token", ("npm_",), r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
        ("PyPI token", ("pypi-AgE",), r"pypi-AgE[A-Za-z0-9_-]{50,250}(?![A-Za-z0-9_-])"),
        ("Twilio key", ("SK",), r"SK[0-9a-f]{32}(?![A-Za-z0-9])"),
        ("SendGrid key", ("SG.",), r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"),
        (
            "Azure secret",
            ("Q~",),
            r"[A-Za-z0-9_~.]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])",
        ),
        ("Hugging Face token", ("hf_",), r"hf_[A-Za-z0-9]{34}(?![A-Za-z0-9])"),
        ("DigitalOcean token", ("_v1_",), r"do[opr]_v1_[0-9a-f]{64}(?![A-Za-z0-9])"),
        (
            "Shopify token",
            ("shpat_", "shpca_", "shppa_", "shpss_"),
            r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}(?![A-Za-z0-9])",
        ),
        ("Databricks token", ("dapi",), r"dapi[0-9a-f]{32}(?![A-Za-z0-9])"),
        ("Telegram token", (":AA",), r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
        ("age key", ("AGE-SECRET-KEY-1",), r"AGE-SECRET-KEY-1[A-Z0-9]{58}(?![A-Z0-9])"),
        (
            "JSON web token",
            (".eyJ",),
            r"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1000}",
        ),
    )
)
"""Whole secrets: what they are, what a text must hold to have one, and their form."""

PARTS: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    (
        "AWS secret key",
        "ecret",
        re.compile(
            r"(?i:aws_?secret(?:_?access)?_?key)[\"']?[ \t]{0,20}[:=]{1,2}[ \t]{0,20}[\"']?"
            r"([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
        ),
    ),
    (
        "AWS secret key",
        "SECRET",
        re.compile(
            r"AWS_?SECRET(?:_?ACCESS)?_?KEY[\"']?[ \t]{0,20}[:=]{1,2}[ \t]{0,20}[\"']?"
            r"([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
        ),
    ),
    (
        "Azure key",
        "AccessKey=",
        re.compile(r"SharedAccessKey=([A-Za-z0-9+/]{40,90}={0,2})"),
    ),
    ("Azure key", "AccountKey=", re.compile(r"AccountKey=([A-Za-z0-9+/]{40,90}={0,2})")),
    (
        "Slack webhook",
        "hooks.slack.com",
        re.compile(r"hooks\.slack\.com/services/(T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/\w{20,30})"),
    ),
    (
        "password in an address",
        "://",
        re.compile(
            r"://[^\s:/@\"'<>{}$]{0,64}:(?=[^\s:/@\"'<>{}$]{0,100}[0-9])"
            r"(?![^\s:/@\"'<>{}$]{0,100}(?i:secret|passw|example))([^\s:/@\"'<>{}$]{8,100})@"
        ),
    ),
)
"""Secrets that are a part of what tells them, the first group; the second is what a text must hold.

Addresses of examples, whose password says that it is one, are left.
"""

_VALUE = r"[A-Za-z0-9+/=_\-!#%*@$^&.~]{16,200}"
QUOTED = re.compile(rf"([\"'])({_VALUE})\1")
BARE = re.compile(rf"([:=])>?[ \t]{{0,4}}({_VALUE})[ \t]{{0,20}}\r?$", re.MULTILINE)
CALLED = re.compile(
    r"(?:passw(?:or)?d|passwd|secret|token|credential|"
    r"(?:api|access|auth|private|encryption|signing|secret|master|app|service)[_-]?key)"
    r"[A-Za-z0-9_-]{0,20}[\"']?[ \t]{0,4}(?::=|=>|[:=])[ \t]{0,4}\Z",
    re.IGNORECASE,
)
"""A name that says that what follows is a secret, at the end of a text."""
BEFORE = 80
"""Characters before a value in which its name is."""
_HEX = re.compile(r"[0-9a-f]{32,200}|[0-9A-F]{32,200}")
_DENSE = 3.6
"""Bits a character from which on a value is no word and no name."""
_DENSE_HEX = 3.0
_DENSE_BARE = 3.9


def is_dense(value: str, *, quoted: bool) -> bool:
    """Whether a value that is called a secret is as random as one.

    What has no quotes may be a name in code, and must look the less like one.
    """
    if _HEX.fullmatch(value):
        return _entropy(value) >= _DENSE_HEX
    digits = sum(character.isdigit() for character in value)
    mixed = value != value.lower() and value != value.upper()
    if digits * 12 < len(value) or not mixed:
        return False
    return _entropy(value) >= (_DENSE if quoted else _DENSE_BARE)


def _entropy(text: str) -> float:
    """Shannon's, in bits a character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
