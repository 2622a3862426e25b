"""What requests to models take: priced, kept, and summed for people."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal

from homespun.config.schema import PriceSettings
from homespun.core.logs import provider_log
from homespun.engine.keeping import Keeping
from homespun.engine.ports import Spent, UsageSum
from homespun.errors import KeepingFailed
from homespun.journal.usage import UsageRecord
from homespun.providers.base import AnsweredBy

Purpose = Literal["edit", "repair", "explain", "chat", "plan"]
"""What a request is put for."""

UsageBy = Literal["model", "provider", "day"]

_MILLION = 1_000_000
_log = logging.getLogger(__name__)


class Ledger:
    """Notes what each request took. Nothing fails because it could not be noted."""

    def __init__(self, keeping: Keeping, prices: Mapping[str, PriceSettings]) -> None:
        """`prices` by `provider/model`, as the user set them."""
        self._keeping = keeping
        self._prices = prices

    async def note(self, purpose: Purpose, by: AnsweredBy, spent: Spent, ending: str) -> Spent:
        """Log and keep `spent`, and give it with its cost where the user has set a price.

        `ending` is `answered`, `interrupted` or an error's code. What no token came for is not
        kept: it cost nothing but time.
        """
        _log_ending(purpose, by, spent, ending)
        if not spent.completion_tokens:
            return spent
        spent = replace(spent, cost=self._cost(by, spent))
        try:
            await self._keeping.used(_record(purpose, by, spent))
        except KeepingFailed as error:
            _log.warning("What a request took could not be noted (%s).", error.code)
        return spent

    def _cost(self, by: AnsweredBy, spent: Spent) -> float | None:
        price = self._prices.get(f"{by.provider}/{by.model}")
        if price is None:
            return None
        dollars = price.input * spent.prompt_tokens + price.output * spent.completion_tokens
        return dollars / _MILLION


def _log_ending(purpose: Purpose, by: AnsweredBy, spent: Spent, ending: str) -> None:
    logging.getLogger(provider_log(by.provider)).info(
        "%s by %s: %s, %d tokens read, %d written, first words after %.2f s, %.2f s in all",
        purpose,
        by.model,
        ending,
        spent.prompt_tokens,
        spent.completion_tokens,
        spent.first_token,
        spent.seconds,
    )


def summed(records: Iterable[UsageRecord], by: UsageBy) -> tuple[UsageSum, ...]:
    """One sum for each model, provider or day (of this machine's time zone), in that order."""
    groups: dict[str, list[UsageRecord]] = {}
    for record in records:
        groups.setdefault(_NAMES[by](record), []).append(record)
    return tuple(_sum(name, groups[name]) for name in sorted(groups))


def _sum(name: str, records: list[UsageRecord]) -> UsageSum:
    spent = [_spent(record) for record in records]
    waits = [one.first_token for one in spent if one.first_token]
    return UsageSum(
        name,
        len(records),
        sum(spent, Spent()),
        sum(waits) / len(waits) if waits else 0.0,
    )


def _day(record: UsageRecord) -> str:
    return datetime.fromtimestamp(record.at).astimezone().date().isoformat()


_NAMES: Mapping[UsageBy, Callable[[UsageRecord], str]] = {
    "model": lambda record: f"{record.provider}/{record.model}",
    "provider": lambda record: record.provider,
    "day": _day,
}


def _record(purpose: Purpose, by: AnsweredBy, spent: Spent) -> UsageRecord:
    return UsageRecord(
        time.time(),
        purpose,
        by.provider,
        by.model,
        spent.prompt_tokens,
        spent.completion_tokens,
        spent.seconds,
        spent.first_token,
        spent.writing,
        spent.cost,
        by.local,
    )


def _spent(record: UsageRecord) -> Spent:
    return Spent(
        record.prompt_tokens,
        record.completion_tokens,
        record.seconds,
        record.first_token,
        record.writing,
        record.cost,
    )
