"""`billing pay`, `reverse`, `payout` and `credit` as a person types them, one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.orchestrator.cli.conftest import Billing

DAY = "--as-of=2026-03-10"


@pytest.fixture
def till(database: psycopg.Connection) -> Collection:
    return Collection(database)


def said(billing: Billing, *arguments: str) -> str:
    result = billing(*arguments, DAY)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_payment_is_taken_back_by_the_number_it_was_given(billing: Billing, till: Collection) -> None:
    bill = till.issued("100.00")
    paid = said(billing, "pay", bill.number, "60.00")
    assert paid == f"Payment 1: {bill.number}: 60.00 applied, 40.00 outstanding, credit balance 0.00.\n"
    number = paid.split()[1].rstrip(":")
    assert said(billing, "reverse", number, "--reason=wrong customer") == (
        f"Payment {number} is taken back: 60.00 EUR.\n{bill.number}: 100.00 outstanding.\n"
    )
    assert "was taken back before" in said(billing, "reverse", number, "--reason=wrong customer")
    assert (till.status(bill), till.outstanding(bill), till.broken()) == ("issued", 100, [])


def test_a_credit_balance_is_paid_out_and_the_payout_taken_back(billing: Billing, till: Collection) -> None:
    bill = till.issued("100.00")
    account = str(till.value("select account_number from billing.customers"))
    said(billing, "pay", bill.number, "130.00")
    assert said(billing, "payout", account, "20.00") == "payout-1: credit balance 10.00 EUR.\n"
    taken_back = said(billing, "reverse", "payout-1", "--reason=it came back")
    assert taken_back.startswith("payout-1 is taken back: 20.00 EUR.")
    assert (till.balance(bill.customer), till.broken()) == (30, [])


def test_more_than_the_credit_balance_is_not_paid_out(billing: Billing, till: Collection) -> None:
    till.issued("100.00")
    account = str(till.value("select account_number from billing.customers"))
    result = billing("payout", account, "0.01", DAY)
    assert (result.returncode, result.stdout) == (2, "")


@pytest.mark.parametrize("command", ["pay {invoice} 10.00", "credit {invoice} --amount=10.00 --reason=x"])
def test_the_same_again_on_one_day_needs_yes(billing: Billing, till: Collection, command: str) -> None:
    bill = till.issued("100.00")
    arguments = command.format(invoice=bill.number).split()
    said(billing, *arguments)
    refused = billing(*arguments, DAY)
    assert refused.returncode == 2
    assert "on that day" in refused.stderr
    assert "--yes" in refused.stderr
    assert till.outstanding(bill) == 90
    said(billing, *arguments, "--yes")
    assert till.outstanding(bill) == 80


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        ("0", "30.00 taken off what is open. {0}: 70.00 outstanding."),
        ("90", "10.00 taken off what is open, 20.00 kept as credit balance. {0}: 0.00 outstanding."),
        ("100", "30.00 kept as credit balance. {0}: 0.00 outstanding."),
        ("card", "30.00 refunded to the card with the next delivery. {0}: 0.00 outstanding."),
    ],
)
def test_a_credit_note_says_what_becomes_of_its_money(
    billing: Billing, till: Collection, paid: str, words: str
) -> None:
    bill = till.issued("100.00", method="charge_automatically" if paid == "card" else "send_invoice")
    if paid == "card":
        till.charge(bill)
    elif paid != "0":
        till.paid_by_hand(bill, paid)
    text = said(billing, "credit", bill.number, "--amount=30", "--reason=outage")
    number = bill.number.replace("INV", "CN").replace("-02-", "-03-")
    assert text.startswith(f"{number} credits {bill.number}: 30.00 EUR, of which {words.format(bill.number)}")


def test_what_a_credit_note_gives_back_and_other_invoices_take_is_told(billing: Billing, till: Collection) -> None:
    bill = till.issued("100.00")
    till.billed(bill.customer, period="2026-01", on="2026-03-02")
    till.paid_by_hand(bill, "180.00")
    text = said(billing, "credit", bill.number, "--amount=50", "--reason=outage")
    assert "of which 20.00 paid towards other open invoices, 30.00 kept as credit balance. " in text
