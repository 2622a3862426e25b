"""Times taken turn by turn, and tables of them with the ratios to our own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Row:
    """One contender and what was measured, in the table's unit; nothing where it is missing."""

    name: str
    samples: list[float]

    @property
    def median(self) -> float:
        return median(self.samples)

    @property
    def slowest_percent(self) -> float:
        """The 99th percentile."""
        return quantiles(self.samples, n=100)[98] if len(self.samples) > 1 else self.samples[0]


@dataclass(frozen=True, slots=True)
class Table:
    """What was measured, as Markdown; ratios are to the first row, above 1 for what is slower."""

    title: str
    unit: str
    rows: Sequence[Row] = field(default_factory=list[Row])
    percentile: bool = False

    def render(self) -> str:
        names = ["", f"median, {self.unit}", *(["99 %"] if self.percentile else []), "ratio"]
        lines = [names, ["---", *["--:"] * (len(names) - 1)], *map(self._cells, self.rows)]
        return "\n".join((f"\n### {self.title}\n", *(f"| {' | '.join(row)} |" for row in lines)))

    def _cells(self, row: Row) -> list[str]:
        if not row.samples:
            return [
                row.name,
                "not installed: `make peers PARTS=bench`",
                *[""] * self.percentile,
                "",
            ]
        percentile = [_figure(row.slowest_percent)] if self.percentile else []
        ratio = row.median / self.rows[0].median
        return [row.name, _figure(row.median), *percentile, f"{ratio:.2f}"]


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def compare(
    contenders: Mapping[str, Callable[[], object]], *, rounds: int, scale: float = 1e3
) -> list[Row]:
    """Time each contender `rounds` times, all in turn, so that a busy moment meets them all.

    `scale` is the unit's number in a second: 1e3 for milliseconds. A first round isn't counted.
    """
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for round_ in range(rounds + 1):
        for name, contender in contenders.items():
            begun = time.perf_counter()
            contender()
            if round_:
                samples[name].append((time.perf_counter() - begun) * scale)
    return [Row(name, taken) for name, taken in samples.items()]
