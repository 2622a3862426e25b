"""A bill, and what each guest pays of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from splitbill.shares import split, with_tip


@dataclass
class Bill:
    """What was ordered, in cents by name of the dish."""

    dishes: dict[str, int] = field(default_factory=dict[str, int])
    tip: int = 10

    @property
    def total(self) -> int:
        """All dishes and the tip."""
        return with_tip(sum(self.dishes.values()), self.tip)

    def shares(self, guests: list[str]) -> dict[str, int]:
        """What each guest pays."""
        return dict(zip(guests, split(self.total, len(guests)), strict=True))
