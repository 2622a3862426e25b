"""The limit on requests a minute."""

from hypothesis import given, settings
from hypothesis import strategies as st

from homespun.providers.pace import Pace
from model_servers.depth import examples


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sent_within(pace: Pace, clock: Clock, seconds: float) -> list[float]:
    """When an eager client sends, within so many seconds."""
    times: list[float] = []
    while clock.now < 1000 + seconds:
        if pause := pace.pause():
            clock.now += pause
        else:
            pace.take()
            times.append(clock.now)
    return times


def test_without_a_limit_nothing_waits():
    pace = Pace(0)
    for _ in range(1000):
        assert pace.pause() == 0
        pace.take()


def test_a_burst_is_free_and_then_the_mean_is_kept():
    clock = Clock()
    times = sent_within(Pace(60, clock), clock, 60)
    assert times[:10] == [1000.0] * 10
    assert 60 <= len(times) <= 71


def test_an_idle_minute_gives_no_more_than_a_burst():
    clock = Clock()
    pace = Pace(60, clock)
    sent_within(pace, clock, 1)
    clock.now += 3600
    burst = 0
    while not pace.pause():
        pace.take()
        burst += 1
    assert burst == 10


@settings(max_examples=examples(100))
@given(st.integers(1, 600), st.lists(st.floats(0, 30), max_size=40))
def test_no_minute_has_more_than_the_limit_and_a_burst(limit: int, idle: list[float]):
    clock = Clock()
    pace = Pace(limit, clock)
    times: list[float] = []
    for seconds in idle:
        clock.now += seconds
        while not pace.pause():
            pace.take()
            times.append(clock.now)
    burst = max(1, limit * 10 // 60)
    for start in times:
        assert sum(start <= time < start + 60 for time in times) <= limit + burst + 1
