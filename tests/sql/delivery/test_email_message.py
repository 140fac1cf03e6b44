from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.collection import Bill


@pytest.fixture
def till(database: psycopg.Connection) -> Collection:
    """A factory of invoices and payments."""
    return Collection(database)


def message(till: Collection, bill: Bill, template: str) -> dict[str, Any]:
    described = till.value(
        "select billing.email_message(email_id, 'https://pay.example') from billing.emails "
        "where invoice_id = %s and template = %s",
        bill.invoice_id,
        template,
    )
    assert isinstance(described, dict)
    return described


def test_before_the_charge_the_whole_amount_is_due(till: Collection) -> None:
    mail = message(till, till.issued("100.00", method="charge_automatically"), "invoice_card")
    assert (mail["amount_due"], mail["charged_amount"], mail["charged_on"]) == ("100.00", "0.00", None)


def test_after_the_charge_it_tells_what_the_card_paid_and_when(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill, on="2026-03-02")
    mail = message(till, bill, "invoice_card")
    assert (mail["amount_due"], mail["charged_amount"], mail["charged_on"]) == ("0.00", "100.00", "2026-03-02")
    assert mail["settled_amount"] == "0.00"


def test_what_other_money_paid_is_told_apart_from_the_card(till: Collection) -> None:
    bill = till.issued("100.00")
    till.paid_by_hand(bill, "40.00")
    mail = message(till, bill, "invoice_transfer")
    assert (mail["amount_due"], mail["charged_amount"], mail["settled_amount"]) == ("60.00", "0.00", "40.00")


def test_a_letter_of_dunning_knows_the_next_charge(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill, declined="insufficient_funds")
    till.advance("2026-03-04")
    till.charge(bill, declined="insufficient_funds", on="2026-03-04")
    mail = message(till, bill, "reminder")
    assert (mail["failure_reason"], mail["retry_on"]) == ("insufficient_funds", "2026-03-08")


def test_after_a_hard_decline_no_charge_is_announced(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill, declined="expired_card")
    till.advance("2026-03-04")
    assert message(till, bill, "reminder")["retry_on"] is None


def test_a_review_says_what_it_is_about(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill)
    till.event("charge.refunded", {"id": "ch_1", "payment_intent": till.intent(bill), "amount_refunded": 5000})
    till.process()
    mail = message(till, bill, "manual_review")
    assert (mail["review"], mail["review_reason"]) == ("payment", "50.00 EUR were refunded at Stripe")
    assert mail["customer"]["account_number"]


def test_a_credit_note_to_a_card_tells_reason_and_refund(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill)
    till.credited(bill, "30.00")
    mail = message(till, bill, "credit_note")
    assert (mail["credit_reason"], mail["refund_amount"], mail["amount_due"]) == ("not as agreed", "30.00", "0.00")
    assert mail["invoice_number"] == bill.number
