"""Lines that stand for lines left out: `...`, `# ... existing code ...`, `// rest unchanged`."""

from __future__ import annotations

import re

_COMMENT = re.compile(
    r"\s*(?P<opener>#+|//+|--+|/\*+|<!--|\{/\*|\{#|;+|%+|'|\(\*|\{-|REM\b|\*)?"
    r"(?P<words>.*?)"
    r"(?:\*+/\}?|-->|#\}|\*\)|-\})?\s*",
    re.IGNORECASE | re.DOTALL,
)
_DOTS = re.compile(r"\.{3,}|…")
_LEFT_OUT = re.compile(
    r"\b(?:exist\w*|rest|remain\w*|unchanged|same|previous|other|more|omitted|continue\w*"
    r"|as before|code|implementation)\b",
    re.IGNORECASE,
)
_CODE = (
    r"(?:(?:source )?code|file|class|function|method|module|component|implementation|logic|content"
    r"|functions|methods|imports|tests|fields|members|lines|classes)"
)
_PHRASES = (
    rf"(?:the )?(?:rest|remainder) of (?:the |your |this |my )?(?:\w+ )?{_CODE}(?: .{{0,40}})?",
    rf"(?:the |your )?(?:existing|previous|remaining) (?:\w+ )?{_CODE}",
    rf"(?:all |the |your )*(?:existing|previous|original|other|remaining) (?:\w+ )?{_CODE}"
    r" (?:here|unchanged|remains?|stays?|as|goes|continues?|follows?|omitted)\b.{0,40}",
    rf"(?:keep|leave) (?:all |the |your )*(?:existing|rest|other|original|remaining)(?: {_CODE})?"
    r"(?: (?:here|unchanged|as is|as it is|as before|the same))?",
    rf"(?:the )?(?:rest|everything|{_CODE})(?: else)?(?: (?:is|are|remains?|stays?))?"
    r" (?:unchanged|omitted|as before)\b.{0,40}",
    r"(?:the )?(?:rest|everything)(?: else)?(?: (?:is|are|remains?|stays?))? the same",
    r"(?:same as|unchanged from) (?:before|previous(?:ly)?|(?:the )?original)\b.{0,40}",
    r"unchanged",
    r".{0,40}(?:omitted|truncated|shortened|abbreviated) for (?:brevity|clarity)",
    r"(?:your|add|insert|put|implement) (?:your |the )?(?:\w+ )?(?:code|logic|implementation)"
    r" (?:goes )?here",
)
_PLACEHOLDER = re.compile(rf"(?:(?:todo|note|fixme)[: ] ?)?(?:{'|'.join(_PHRASES)})", re.IGNORECASE)
_MAX_LINE = 200


def marks_omission(line: str) -> bool:
    """Whether `line` may stand for left-out lines where lines are quoted: a bare `...` too."""
    return line.strip() in ("...", "…") or is_placeholder(line)


def is_placeholder(line: str) -> bool:
    """Whether `line`, in code that is meant to be complete, stands for code that is not there.

    A bare `...` is code in Python and is not one.
    """
    found = _COMMENT.fullmatch(line) if len(line) <= _MAX_LINE else None
    if found is None:
        return False
    words = found["words"].strip()
    said = _DOTS.sub("", words).strip(" .[]()<>-")
    if _DOTS.match(words.lstrip(" [(<")) and not said:
        return found["opener"] is not None
    if _DOTS.match(words.lstrip(" [(<")) and _LEFT_OUT.search(said):
        return found["opener"] is not None or _is_prose(said)
    return found["opener"] is not None and _PLACEHOLDER.fullmatch(said) is not None


def _is_prose(words: str) -> bool:
    """Whether these are words only: `...rest` may be code, `... rest of the code ...` is none."""
    return " " in words and re.fullmatch(r"[\w ,'-]+", words) is not None
