"""What each model was shown in this session, so that its server need not read it again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from homespun.core.session import Session

_MOST = 8
"""Sessions that are remembered; the one that was used least recently is forgotten first."""


@dataclass
class Memory:
    """The session of one model in one folder; it holds what fits into that model's window."""

    session: Session = Session()  # noqa: RUF009 - frozen

    def keep(self, session: Session) -> None:
        """This was sent."""
        self.session = session


class Memories:
    """All of them, in memory only."""

    def __init__(self) -> None:
        self._known: OrderedDict[Hashable, Memory] = OrderedDict()

    def of(self, *key: Hashable) -> Memory:
        """The memory that is called `key`."""
        memory = self._known.setdefault(key, Memory())
        self._known.move_to_end(key)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return memory
