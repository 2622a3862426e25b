"""A reply as it streams, in whatever shape: JSON, fenced blocks, with or without prose around."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from homespun.core.reply import FileUpdate, Growth, Reply
from homespun.core.reply_fenced import Block, BlockReader, opening
from homespun.core.reply_json import JsonReply
from homespun.core.reply_paths import path_in_line
from homespun.core.reply_shapes import UPDATE_LISTS, read_reply
from homespun.core.reply_values import load
from homespun.errors import Malformed

MAX_REPLY = 20_000_000
"""Characters; no model answers more, so what does is not an answer."""

_MAX_LINE = 1_000
"""Characters of a prose line that are looked at: enough for a path or a summary."""
_MAX_OPENING = 400
"""Characters in which a JSON reply must show that it is one."""
_SPECIAL = re.compile(r"[{\[\n]")
_JSON_OPENING = re.compile(r'(?:\[\s*)?\{\s*"(?P<key>[^"\\\n]{1,40})"\s*:')
_JSON_MAYBE = re.compile(r'(?:\[\s*)?(?:\{\s*(?:"[^"\\\n]{0,40}(?:"\s*)?)?)?\Z')
_OUR_KEYS = (*UPDATE_LISTS, "summary", "answer_summary", "action", "file", "text", "hunks", "find")
_THINKING = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_THOUGHT = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_TAG = len("</thinking>")
_SHAPELESS = "The reply is neither JSON nor fenced blocks."


class StreamParser:
    """Understands any known shape, whichever was asked for; see `ReplyParser`."""

    def __init__(self) -> None:
        self._mode: Callable[[str], str] = self._prose
        self._held: list[str] = []
        self._waiting = False
        self._length = 0
        self._blank = True
        self._updates: list[FileUpdate] = []
        self._said: set[FileUpdate] = set()
        self._given = 0
        self._failure: Malformed | None = None
        self._line = ""
        self._above = ""
        self._summary = ""
        self._block: Block | None = None
        self._around_json: Block | None = None
        self._json: JsonReply | None = None
        self._json_replies = 0
        self._blocks = BlockReader()
        self._ended = 0
        """How many blocks, JSON replies and updates in them are over, at most."""

    def feed(self, text: str) -> list[FileUpdate]:
        """The updates that `text`, the next piece, finished. Raises `Malformed`."""
        self._stay_failed()
        try:
            self._take(text)
        except Malformed as failure:
            self._failure = failure
            raise
        found = self._updates[self._given :]
        self._given = len(self._updates)
        return found

    def growth(self) -> Growth | None:
        """What is new in the update that is open now, since it was last asked; None for nothing."""
        if self._failure is not None:
            return None
        found = None
        if self._json is not None:
            found = self._json.growth()
        elif self._block is not None:
            found = self._blocks.growth(self._block)
        return found and replace(found, number=found.number + self._ended)

    def finish(self) -> Reply:
        """The whole reply. Raises `Malformed` where it was not whole or has no known shape."""
        self._stay_failed()
        if self._json is not None:
            self._json.finish()
        self._end_text()
        if not self._json_replies:
            self._add(self._blocks.finish())
        if not self._updates and not self._json_replies:
            what = "The model answered nothing." if self._blank else _SHAPELESS
            raise Malformed(what, "Ask again, or use a model that follows instructions.")
        _refuse_contradictions(self._updates)
        return Reply(self._summary.strip(), tuple(self._updates))

    def _stay_failed(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _take(self, text: str) -> None:
        self._length += len(text)
        self._blank = self._blank and not text.strip()
        if self._length > MAX_REPLY:
            raise Malformed(f"The reply is longer than {MAX_REPLY:,} characters.")
        if self._held and not self._waiting and "\n" not in text:
            # Joined when the line is whole, so that a long line costs no more than a short one.
            self._held.append(text)
            return
        text = "".join((*self._held, text))
        self._held, self._waiting = [], False
        while text:
            mode = self._mode
            text = mode(text)
            if text and mode == self._mode:
                self._held = [text]
                return

    def _end_text(self) -> None:
        """End the last line, which may close a block; a block that stays open was cut off."""
        self._waiting = True
        self._take("\n")
        if self._held and self._mode == self._prose:
            self._line += "".join(self._held)
            self._end_line()
        if self._block is not None:
            raise Malformed(
                "The reply stops inside of a fenced block.",
                "Ask again, for a smaller change or with more room for the answer.",
            )

    def _add(self, updates: list[FileUpdate]) -> None:
        """Take updates in; one that is said again, word for word, is said once."""
        for update in updates:
            if update not in self._said:
                self._said.add(update)
                self._updates.append(update)

    def _prose(self, text: str) -> str:
        """Read prose up to where something else begins; what remains of `text`."""
        at = 0
        while found := _SPECIAL.search(text, at):
            self._line = (self._line + text[at : found.start()])[:_MAX_LINE]
            if found[0] == "\n":
                self._end_line()
                if self._mode != self._prose:
                    return text[found.end() :]
            elif self._opens_json_in_prose(text[found.start() : found.start() + _MAX_OPENING]):
                return text[found.start() :]
            else:
                self._line += found[0]
            at = found.end()
        self._line = (self._line + text[at:])[:_MAX_LINE]
        return ""

    def _opens_json_in_prose(self, text: str) -> bool:
        """Whether `text` begins a JSON reply, or may do so once more of it has come."""
        line = self._line.lstrip()
        thinking = _THINKING.search(line) and not _THOUGHT.search(line)
        if thinking or line.startswith(("```", "~~~", "<<<<<")):
            return False
        first = not (self._summary or line or self._updates or self._json_replies)
        return self._opens_json(text, any_key=first) is not False

    def _opens_json(self, text: str, *, any_key: bool) -> bool | None:
        """Whether `text` begins a JSON reply; None where more of it must come to tell.

        `text`: at most `_MAX_OPENING` characters, so that any cutting is judged alike.
        """
        found = _JSON_OPENING.match(text)
        if found is not None:
            if not any_key and found["key"] not in _OUR_KEYS:
                return False
            self._json = JsonReply()
            self._mode = self._in_json
            self._line = ""
            return True
        if len(text) < _MAX_OPENING and _JSON_MAYBE.fullmatch(text):
            self._waiting = True
            return None
        return False

    def _end_line(self) -> None:
        line, self._line = self._line, ""
        if self._around_json is not None and self._around_json.add(line):
            self._around_json = None
            return
        if _THINKING.search(line) and not _THOUGHT.search(line):
            self._mode = self._thinking
            return
        line = _THOUGHT.split(line)[-1]
        self._block = opening(line, self._above)
        if self._block is not None:
            self._mode, self._waiting = self._in_block, True
        elif line.strip():
            self._above = line
            if not self._summary and not path_in_line(line):
                self._summary = line.strip()

    def _thinking(self, text: str) -> str:
        found = _THOUGHT.search(text)
        if found is None:
            self._waiting = True
            return text[-_TAG:]
        self._mode = self._prose
        return text[found.end() :]

    def _in_json(self, text: str) -> str:
        reading = self._json
        if reading is None:
            return text
        self._add(reading.feed(text))
        if reading.reply is None:
            return ""
        self._end_json(reading.reply)
        return reading.rest

    def _end_json(self, reply: Reply) -> None:
        self._add(list(reply.updates))
        self._summary = reply.summary or self._summary
        self._json_replies += 1
        self._ended += 1 + len(reply.updates)
        self._json = None
        self._mode = self._prose

    def _in_block(self, text: str) -> str:
        block = self._block
        if block is None:
            return text
        if block.may_be_json:
            start = text[:_MAX_OPENING].lstrip()
            if not start and len(text) < _MAX_OPENING:
                self._waiting = True
                return text
            if start.startswith(("{", "[")):
                opened = self._opens_json(start, any_key=False)
                if opened:
                    self._around_json, self._block = block, None
                if opened is not False:
                    return text.lstrip()
        return self._block_lines(block, text)

    def _block_lines(self, block: Block, text: str) -> str:
        at = 0
        while (end := text.find("\n", at)) >= 0:
            line, at = text[at : end + 1], end + 1
            if block.add(line):
                self._block, self._mode, self._above = None, self._prose, ""
                self._close(block)
                return text[at:]
        return text[at:]

    def _close(self, block: Block) -> None:
        self._ended += 1
        if not block.path and '"updated_files"' in block.text and block.text.lstrip()[:1] == "{":
            self._end_json(read_reply(load(block.text)))
        else:
            self._add(self._blocks.close(block))


def _refuse_contradictions(updates: list[FileUpdate]) -> None:
    """Refuse two whole texts for one file: there is no telling which one was meant."""
    whole = [u.file for u in updates if u.action in ("write", "create", "delete", "region")]
    if len(whole) != len(set(whole)):
        raise Malformed("The reply gives two different whole texts for one file: which counts?")
