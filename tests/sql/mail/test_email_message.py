from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    from collections.abc import Callable

    import psycopg

    from tests.collection import Bill


@pytest.fixture
def till(database: psycopg.Connection) -> Collection:
    """A factory of invoices and payments."""
    return Collection(database)


def message(
    till: Collection, bill: Bill, template: str, *, has_gateway: bool = True, on: str = "2026-03-01"
) -> dict[str, Any]:
    described = till.value(
        "select billing.email_message(email_id, 'https://pay.example', %s, %s) from billing.emails "
        "where invoice_id = %s and template = %s order by email_id desc limit 1",
        has_gateway,
        on,
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


PAYING = ("template", "pays_by", "due_on", "days_overdue", "failure_reason")
PAGES = ("payment_url", "portal_url")


def test_a_card_is_charged_and_never_overdue(till: Collection) -> None:
    mail = message(till, till.issued("100.00", method="charge_automatically"), "invoice_card")
    assert [mail[name] for name in PAYING] == ["invoice_card", "card", None, 0, None]
    assert [mail[name] for name in PAGES] == [mail["page_url"], mail["page_url"] + "/card"]


def test_without_a_gateway_a_card_customer_is_asked_to_transfer_until_the_due_date(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    mail = message(till, bill, "invoice_card", has_gateway=False)
    assert [mail[name] for name in PAYING] == ["invoice_transfer", "transfer", "2026-03-31", 0, None]
    assert [mail[name] for name in PAGES] == [None, None]


def test_an_amount_that_no_card_is_charged_is_asked_for_another_way(till: Collection) -> None:
    bill = till.issued("1500000.00", method="charge_automatically")
    till.charge(bill, declined="amount_too_large")
    mail = message(till, bill, "invoice_card")
    assert [mail[name] for name in PAYING] == ["invoice_transfer", "transfer", "2026-03-31", 0, None]
    assert [mail[name] for name in PAGES] == [mail["page_url"], None]


@pytest.mark.parametrize(("amount", "currency"), [("0.12", "EUR"), ("1.001", "KWD"), ("5000.50", "MGA"), ("49", "JPY")])
def test_no_letter_promises_to_charge_what_a_card_cannot_pay(till: Collection, amount: str, currency: str) -> None:
    mail = message(till, till.issued(amount, method="charge_automatically", currency=currency), "invoice_card")
    assert [mail[name] for name in PAYING] == ["invoice_transfer", "transfer", "2026-03-31", 0, None]
    assert [mail[name] for name in PAGES] == [None, None]


def test_an_invoice_sent_after_its_charge_failed_says_so_and_what_follows(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill, declined="insufficient_funds")
    mail = message(till, bill, "invoice_card")
    assert [mail[name] for name in PAYING] == ["invoice_card", "card", None, 0, "insufficient_funds"]
    assert mail["retry_on"] == "2026-03-04"


@pytest.mark.parametrize("day", ["2026-03-04", "2026-03-08", "2026-04-20"])
def test_no_letter_to_a_card_names_a_due_date(till: Collection, day: str) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill, declined="expired_card")
    till.advance(day)
    rows = till.connection.execute(
        "select billing.email_message(email_id, '', true, '2026-03-01') from billing.emails"
    ).fetchall()
    assert {(mail["due_on"], mail["days_overdue"]) for (mail,) in rows} == {(None, 0)}


def test_who_has_no_card_on_file_is_led_to_paying_not_to_changing_it(till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.connection.execute("update billing.customers set stripe_customer_id = null, stripe_payment_method_id = null")
    mail = message(till, bill, "invoice_card")
    assert [mail[name] for name in PAGES] == [mail["page_url"], None]


def test_a_reminder_knows_that_the_bank_took_the_payment_back(till: Collection) -> None:
    bill = till.issued("100.00")
    till.transfer("100.00", bill.number, on="2026-03-10", end_to_end_id="E-1")
    till.transfer("-100.00", bill.number, on="2026-03-11", is_return=True, end_to_end_id="E-1")
    till.advance("2026-04-10")
    assert message(till, bill, "reminder")["returned_on"] == "2026-03-11"


@pytest.mark.parametrize(("reason", "advice"), [("customer_missing", "wrong_customer"), ("invalid_request", "refused")])
def test_a_charge_that_stripe_refuses_is_told_by_its_reason(till: Collection, reason: str, advice: str) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill, declined=reason)
    assert message(till, bill, "manual_review")["advice"] == advice
    letter = message(till, bill, "invoice_card")
    assert (letter["template"], letter["was_refused"]) == ("invoice_transfer", True)


def test_credit_balance_is_told_apart_from_other_payments(till: Collection) -> None:
    first = till.issued("100.00")
    till.paid_by_hand(first, "100.00")
    second = till.billed(first.customer, period="2026-03", on="2026-04-01")
    till.credited(first, "15.60", on="2026-04-02")
    till.paid_by_hand(second, "84.40", on="2026-04-03")
    mail = message(till, second, "payment_received")
    assert (mail["balance_amount"], mail["other_amount"], mail["paid_amount"]) == ("15.60", "0.00", "84.40")


def test_what_a_credit_note_moved_between_invoices_of_one_payment_is_no_other_payment(till: Collection) -> None:
    first = till.issued("100.00")
    second = till.billed(first.customer, period="2026-01", on="2026-03-02")
    till.transfer("166.36", f"{first.number} {second.number}")
    till.credited(first, "15.60")
    till.paid_by_hand(second, "10.00", on="2026-03-13")
    mail = till.value(
        "select billing.email_message(max(email_id), '', false, '2026-03-01') from billing.emails "
        "where template = 'payment_received'"
    )
    assert isinstance(mail, dict)
    assert (mail["balance_amount"], mail["other_amount"], mail["amount_due"]) == ("15.60", "66.36", "8.04")


CREDIT = ("is_kept", "paid_out_amount", "paid_out_on", "credit_balance")


def surplus(till: Collection) -> tuple[Bill, str]:
    bill = till.issued("100.00")
    till.paid_by_hand(bill, "150.00")
    return bill, "payment_received"


def given_back(till: Collection) -> tuple[Bill, str]:
    bill = till.issued("100.00")
    till.paid_by_hand(bill, "100.00")
    till.credited(bill, "50.00")
    return bill, "credit_note"


@pytest.mark.parametrize("write", [surplus, given_back])
def test_what_is_kept_is_told_as_it_is_when_the_letter_is_sent(
    till: Collection, write: Callable[[Collection], tuple[Bill, str]]
) -> None:
    bill, template = write(till)
    assert [message(till, bill, template)[name] for name in CREDIT] == [True, "0", None, "50.00"]
    till.paid_out(bill, "20.00", on="2026-03-13")
    assert [message(till, bill, template)[name] for name in CREDIT] == [False, "20.00", "2026-03-13", "30.00"]
    till.paid_out(bill, "30.00", on="2026-03-14")
    assert [message(till, bill, template)[name] for name in CREDIT] == [False, "50.00", None, "0.00"]
    till.payout_back(1)
    till.payout_back(2)
    assert message(till, bill, template)["is_kept"] is True
    till.billed(bill.customer, period="2026-03", on="2026-04-01")
    assert [message(till, bill, template)[name] for name in CREDIT] == [False, "0", None, "0.00"]


def test_a_payout_before_the_letter_was_written_is_no_part_of_it(till: Collection) -> None:
    bill, _ = surplus(till)
    till.paid_out(bill, "50.00")
    other = till.billed(bill.customer, period="2026-03", on="2026-04-01")
    till.paid_by_hand(other, "130.00", on="2026-04-02")
    assert [message(till, other, "payment_received")[name] for name in CREDIT] == [True, "0", None, "30.00"]


@pytest.mark.parametrize(("on", "date"), [("2026-02-28", "2026-03-01"), ("2026-03-03", "2026-03-03")])
def test_a_letter_is_dated_on_the_day_of_sending_and_never_before_its_cause(
    till: Collection, on: str, date: str
) -> None:
    bill = till.issued("100.00")
    assert message(till, bill, "invoice_transfer", on=on)["date"] == f"{date}T08:00:00+00:00"


SENT = "update billing.emails set state = 'sent', sent_at = now() where template = 'payment_received'"


@pytest.mark.parametrize("was_sent", [True, False])
def test_a_reminder_says_that_we_thanked_by_mistake_where_we_did(till: Collection, *, was_sent: bool) -> None:
    bill = till.issued("100.00")
    till.paid_by_hand(bill, "100.00")
    if was_sent:
        till.connection.execute(SENT)
    till.connection.execute("select billing.reverse_payment(1, 'of somebody else', '2026-03-11')")
    till.advance("2026-04-10")
    thanks = {"amount": "100.00", "paid_on": "2026-03-10"} if was_sent else None
    assert message(till, bill, "reminder")["mistaken_thanks"] == thanks


def test_a_letter_without_an_answer_counts_as_sent(till: Collection) -> None:
    bill = till.issued("100.00")
    till.paid_by_hand(bill, "100.00")
    till.connection.execute(
        "insert into billing.email_attempts (email_id, attempt) select max(email_id), 1 from billing.emails"
    )
    till.connection.execute("select billing.reverse_payment(1, 'of somebody else', '2026-03-11')")
    till.advance("2026-04-10")
    assert message(till, bill, "reminder")["mistaken_thanks"]


@pytest.mark.parametrize("was_sent", [True, False])
def test_the_letter_of_an_entry_that_is_booked_anew_says_that_it_replaces_the_first(
    till: Collection, *, was_sent: bool
) -> None:
    bill = till.issued("100.00")
    other = till.billed(bill.customer, period="2026-03", on="2026-04-01")
    entry = till.transfer("60.00", bill.number).bank_transaction_id
    assert message(till, bill, "payment_received")["is_replacing"] is False
    if was_sent:
        till.connection.execute(SENT)
    till.connection.execute("select billing.undo_bank_transaction(%s, 'wrong invoice', '2026-04-02')", (entry,))
    till.connection.execute(
        "select billing.assign_bank_transaction(%s, %s, '2026-04-02', true)", (entry, [other.number])
    )
    assert message(till, other, "payment_received")["is_replacing"] is was_sent
    till.advance("2026-04-10")
    assert message(till, bill, "reminder")["mistaken_thanks"] is None


def test_a_letter_that_is_sent_late_counts_the_days_until_it_is_sent(till: Collection) -> None:
    bill = till.issued("100.00")
    assert [message(till, bill, "invoice_transfer", on=on)["days_overdue"] for on in ("2026-03-31", "2026-04-02")] == [
        0,
        2,
    ]
