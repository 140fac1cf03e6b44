from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def test_a_day_accrues_to_the_plan_of_that_day_only(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.plan("flat", unit_amount=1), ends="2026-02-11")
    given.subscription(customer, given.plan("flat", unit_amount=2), starts="2026-02-11")
    for on, quantity in (("2026-01-31", 100), ("2026-02-10", 5), ("2026-02-11", 7), ("2026-03-01", 100)):
        given.usage(customer, quantity, on=on)
    given.roll_up()
    found = given.connection.execute("select week::text, amount from billing.usage_accruals('2026-02-01')").fetchall()
    assert found == [("2026-02-09", Decimal(5 * 1 + 7 * 2))]
