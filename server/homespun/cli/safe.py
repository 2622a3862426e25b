"""Text that others wrote, made safe for a terminal: it shows, and does not command."""

from __future__ import annotations

_CONTROLS = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\n\t"}
_MORE = {0x7F: "\u2421", **{code: "\ufffd" for code in range(0x80, 0xA0)}}
_DIRECTIONS = {
    code: f"<U+{code:04X}>"
    for code in (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}
_SHOWN = {**_CONTROLS, **_MORE, **_DIRECTIONS}


def printable(text: str) -> str:
    """`text` with control characters and marks of direction in a visible form.

    A reply could otherwise move the cursor over what it changed, or show lines of code in another
    order than the compiler reads them (CVE-2021-42574).
    """
    return text.translate(_SHOWN)
