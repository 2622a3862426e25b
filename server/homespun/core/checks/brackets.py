"""Are the brackets of a text balanced, outside of its strings and comments?"""

from __future__ import annotations

import re
from collections.abc import Mapping

# What is not closed reaches to the end of its line or of the text: so the time stays linear.
_BRACKET = r"(?P<bracket>[(){}\[\]])"
_DOUBLE = r'"(?:\\.|[^"\\\n])*(?:"|(?=\n)|\Z)'
_SINGLE = r"'(?:\\.|[^'\\\n])*(?:'|(?=\n)|\Z)"
_CHARACTER = r"'(?:\\[^'\n]*|[^'\\\n])'"
_BACKTICKS = r"`(?:\\.|[^`\\])*(?:`|\Z)"
_C_BLOCK = r"/\*.*?(?:\*/|\Z)"
_LUA_LONG = r"(?:--)?\[\[.*?(?:\]\]|\Z)"


def _pattern(*tokens: str) -> re.Pattern[str]:
    return re.compile("|".join((*tokens, _BRACKET)), re.DOTALL)


_C = _pattern(r"//[^\n]*", _C_BLOCK, _DOUBLE, _CHARACTER)
_SCRIPT = _pattern(r"//[^\n]*", _C_BLOCK, _DOUBLE, _SINGLE, _BACKTICKS)
_STYLE = _pattern(_C_BLOCK, _DOUBLE, _SINGLE)
_LUA = _pattern(_LUA_LONG, r"--[^\n]*", _DOUBLE, _SINGLE)

PATTERNS: Mapping[str, re.Pattern[str]] = {
    **dict.fromkeys(("js", "jsx", "ts", "tsx", "mjs", "cjs", "go", "dart", "php"), _SCRIPT),
    **dict.fromkeys(("c", "h", "cc", "cpp", "cxx", "hpp", "cs", "java", "kt", "scala"), _C),
    **dict.fromkeys(("rs", "swift", "zig", "proto"), _C),
    **dict.fromkeys(("css", "scss", "less"), _STYLE),
    "lua": _LUA,
}
"""How to skip strings and comments, by the ending of the file's name.

They are near enough, not exact (regular expressions, raw strings): what they say is a risk to
show, and no ground to refuse.
"""

_OPENING = {")": "(", "]": "[", "}": "{"}


def unbalanced_at(text: str, pattern: re.Pattern[str]) -> int | None:
    """The line (from 1) of the first bracket without a counterpart; None where all have one."""
    open_at: list[tuple[str, int]] = []
    for found in pattern.finditer(text):
        bracket = found["bracket"]
        if bracket is None:
            continue
        if bracket not in _OPENING:
            open_at.append((bracket, found.start()))
        elif open_at and open_at[-1][0] == _OPENING[bracket]:
            open_at.pop()
        else:
            return text.count("\n", 0, found.start()) + 1
    return text.count("\n", 0, open_at[0][1]) + 1 if open_at else None
