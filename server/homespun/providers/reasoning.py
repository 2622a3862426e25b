"""Parts what a model thought from what it answers, where its server does not.

Some servers leave `<think>...</think>` in the content, and some templates open the tag in the
prompt, so that only an orphan `</think>` arrives, with the thoughts before it. Text that was given
out cannot be recalled, so what cannot be told apart yet is held back:

- Until the first character that is not white space: `<think>` begins thoughts.
- Where JSON is expected and the reply begins with neither JSON nor a fence, all of it is held until
  `</think>` shows that it was thoughts, or the end that it was text. A reply that begins as JSON or
  as a fence is given out at once and searched for nothing: it may well speak of `</think>`.
- Free text is given out at once, since it is read as it streams. If an orphan `</think>` comes on a
  line of its own after all, the reply is refused, and `orphan` tells to hold the next one back.
"""

from __future__ import annotations

from typing import Literal

from homespun.errors import BadResponse

_OPEN, _CLOSE = "<think>", "</think>"
_ANSWERS = ("{", "[", "```")
_SEARCHED_BACK = len(_CLOSE) + 2

_State = Literal["start", "thinking", "unsure", "answer", "free"]


class ThinkFilter:
    """`feed` and `finish` each give (text, reasoning); any cutting gives the same in the end."""

    def __init__(self, *, holds: bool, searches: bool = False) -> None:
        """`holds`: keep back what may be thoughts; `searches`: look for an orphan tag in text."""
        self.orphan = False
        """Set once an orphan `</think>` was met."""
        self._holds = holds
        self._searches = searches
        self._state: _State = "start"
        self._held = ""
        self._unsure: list[str] = []

    def feed(self, content: str) -> tuple[str, str]:
        """What of the content so far is now known to be text, and what reasoning."""
        if self._state == "answer":
            return content, ""
        if self._state == "free":
            return self._free(content), ""
        if self._state == "unsure":
            return self._wait(content)
        self._held += content
        return self._think() if self._state == "thinking" else self._start()

    def finish(self) -> tuple[str, str]:
        """What was still held back; a tag that is cut short is what it is, plain text."""
        held = "".join(self._unsure) + self._held if self._state == "unsure" else self._held
        self._held, self._unsure = "", []
        if self._state == "free":
            return "", ""
        return ("", held) if self._state == "thinking" else (held, "")

    def _start(self) -> tuple[str, str]:
        """Decide by the first characters that are not white space."""
        text = self._held.lstrip()
        if text.startswith(_OPEN):
            self._state, self._held = "thinking", text[len(_OPEN) :]
            return self._think()
        if any(mark.startswith(text) for mark in (_OPEN, *_ANSWERS)) and text not in ("{", "["):
            return "", ""
        return self._decide(text)

    def _decide(self, text: str) -> tuple[str, str]:
        """The reply began, and not with thoughts that are marked as such."""
        whole, self._held = self._held, ""
        if text.startswith(_ANSWERS):
            self._state = "answer"
            return whole, ""
        if self._holds:
            self._state = "unsure"
            return self._wait(whole)
        self._state = "free" if self._searches else "answer"
        return self.feed(whole)

    def _think(self) -> tuple[str, str]:
        """Give out thoughts up to the closing tag, of which a part may be at the end."""
        thoughts, tag, rest = self._held.partition(_CLOSE)
        if tag:
            self._state, self._held = "start", ""
            text, more = self.feed(rest)
            return text, thoughts + more
        keep = _begun(thoughts)
        self._held = thoughts[len(thoughts) - keep :]
        return "", thoughts[: len(thoughts) - keep]

    def _wait(self, content: str) -> tuple[str, str]:
        """Hold all back until `</think>` says that it was thoughts. Linear: no rejoining."""
        searched = self._held + content
        before, tag, after = searched.partition(_CLOSE)
        if not tag:
            keep = _begun(searched)
            self._unsure.append(searched[: len(searched) - keep])
            self._held = searched[len(searched) - keep :]
            return "", ""
        thoughts = "".join(self._unsure) + before
        self.orphan, self._state, self._held, self._unsure = True, "start", "", []
        text, more = self.feed(after)
        return text, thoughts + more

    def _free(self, content: str) -> str:
        """Let free text pass, and refuse it where it turns out to have been thoughts."""
        searched = self._held + content
        if f"\n{_CLOSE}\n" in searched:
            self.orphan = True
            raise BadResponse(
                "The model's thoughts came mixed into its answer.",
                "Ask again: they are kept apart from now on.",
            )
        self._held = searched[-_SEARCHED_BACK:]
        return content


def _begun(text: str) -> int:
    """How many characters at the end of `text` may be the beginning of a closing tag."""
    longest = min(len(text), len(_CLOSE) - 1)
    return next((n for n in range(longest, 0, -1) if _CLOSE.startswith(text[-n:])), 0)
