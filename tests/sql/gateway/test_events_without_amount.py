"""What tells of money, and not how much, is not passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.collection import Collection


@pytest.mark.parametrize("amount", [None, "1000", 10.5])
@pytest.mark.parametrize(
    ("kind", "name"), [("charge.refunded", "amount_refunded"), ("charge.dispute.created", "amount")]
)
def test_what_went_back_without_an_amount_is_a_failure_that_a_person_sees(
    given: Collection, kind: str, name: str, amount: object
) -> None:
    bill = given.issued("50.00", method="charge_automatically")
    given.charge(bill)
    thing = {"id": "thing_1", "payment_intent": given.intent(bill), "status": "needs_response", name: amount}
    event = given.event(kind, thing)
    given.process()
    assert str(given.outcome(event)).startswith("failed: it does not say how much")
    assert given.value("select detail from billing.broken_invariants()") is not None
