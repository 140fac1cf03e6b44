from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Collection


def test_a_payment_of_the_future_is_refused(given: Collection) -> None:
    bill = given.issued("100.00")
    given.connection.execute("set billing.as_of = '2026-03-10'")
    given.paid_by_hand(bill, "40", on="2026-03-10")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="2026-03-11 is in the future"):
        given.paid_by_hand(bill, "60", on="2026-03-11")
    assert str(given.outstanding(bill)) == "60.00"
