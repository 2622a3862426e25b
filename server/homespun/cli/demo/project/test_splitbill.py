"""What splitbill promises."""

import unittest

from splitbill.bill import Bill
from splitbill.shares import split, with_tip


class Shares(unittest.TestCase):
    """Splitting an amount."""

    def test_even(self) -> None:
        """What divides evenly is divided evenly."""
        self.assertEqual(split(900, 3), [300, 300, 300])

    def test_no_cent_is_lost(self) -> None:
        """The shares add up to the amount, and nobody pays more than a cent more."""
        for people in range(1, 12):
            shares = split(1000, people)
            self.assertEqual(sum(shares), 1000, f"{people} people")
            self.assertLessEqual(max(shares) - min(shares), 1)

    def test_nobody(self) -> None:
        """Nobody cannot pay."""
        with self.assertRaises(ValueError):
            split(100, 0)


class Bills(unittest.TestCase):
    """A whole bill."""

    def test_a_tip_is_rounded_up(self) -> None:
        """Half a cent is a cent for the waiter."""
        self.assertEqual(with_tip(1005, 10), 1106)

    def test_guests_pay_their_share(self) -> None:
        """Every guest is in it."""
        bill = Bill({"soup": 700, "bread": 200}, tip=0)
        self.assertEqual(bill.shares(["Ada", "Grace"]), {"Ada": 450, "Grace": 450})


if __name__ == "__main__":
    unittest.main()
