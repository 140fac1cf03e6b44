from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.delivery.reviews import Reviews
from orchestrator.engine.database import Database
from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.collection import Bill
    from tests.conftest import Connect

DAYS = ("2026-03-04", "2026-03-08", "2026-03-15")


@pytest.fixture
def till(database: psycopg.Connection) -> Collection:
    return Collection(database)


@pytest.fixture
def bill(till: Collection) -> Bill:
    """An invoice whose card was declined and is charged for the last time."""
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill, declined="insufficient_funds")
    for day in DAYS:
        till.connection.execute("select billing.advance_dunning(%s)", (day,))
        if day != DAYS[-1]:
            till.charge(bill, declined="insufficient_funds", on=day)
    return bill


def test_the_last_decline_is_news_once(till: Collection, bill: Bill, connect: Connect) -> None:
    reviews, database = Reviews(), Database(connect("billing_worker"))
    assert reviews.news(database) == []
    till.charge(bill, declined="insufficient_funds", on=DAYS[-1])
    assert [f"{each.invoice_number} {each.outstanding} {each.reason}" for each in reviews.news(database)] == [
        f"{bill.number} 100.00 unpaid on day 14"
    ]
    assert reviews.news(database) == []


def test_what_was_paid_meanwhile_is_no_news(till: Collection, bill: Bill, connect: Connect) -> None:
    reviews, database = Reviews(), Database(connect("billing_worker"))
    reviews.news(database)
    till.charge(bill, declined="insufficient_funds", on=DAYS[-1])
    till.paid_by_hand(bill, "100.00", on="2026-03-16")
    assert reviews.news(database) == []
