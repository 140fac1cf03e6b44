"""`billing collect`, `deliver` and `load` while the world outside is down or says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stripe_sandbox import Sandbox
from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.orchestrator.cli.conftest import Billing

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def till(database: psycopg.Connection) -> Collection:
    return Collection(database)


def test_transfers_are_dunned_and_mailed_while_stripe_is_down(billing: Billing, till: Collection) -> None:
    bill = till.issued("100.00")
    result = billing(
        "collect", "--as-of", "2026-04-03", STRIPE_API_KEY="sk_test_123", STRIPE_API_BASE=NOBODY, SMTP_URL=""
    )
    assert result.returncode == 3, result.stderr
    assert "Stripe's events were not fetched; everything else goes on." in result.stderr
    assert till.letters(bill) == [("invoice_transfer", "sent"), ("reminder", "sent")]


def test_a_refused_mail_is_named_until_it_has_another_address(billing: Billing, till: Collection) -> None:
    bill = till.issued("100.00")
    till.connection.execute("update billing.emails set state = 'refused', refusal = '550 no such user'")
    result = billing("deliver", "--as-of", "2026-03-02")
    assert result.returncode == 1
    assert "was refused for good. 550 no such user" in result.stderr
    assert "Not sent: 1 refused e-mail. Correct the addresses in customers.csv" in result.stderr
    till.connection.execute("update billing.customers set billing_email = 'right@customer.example'")
    till.connection.execute("select billing._resend_refused_emails()")
    assert billing("deliver", "--as-of", "2026-03-02").returncode == 0
    assert till.letters(bill) == [("invoice_transfer", "sent")]


def test_a_lost_dispute_of_money_that_had_gone_back_is_named_with_the_amount(
    billing: Billing, till: Collection
) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill)
    intent = {"payment_intent": till.intent(bill)}
    till.event("charge.refunded", intent | {"id": "ch_1", "amount_refunded": 10000}, at=10)
    till.event("charge.dispute.closed", intent | {"id": "du_1", "amount": 10000, "status": "lost"}, at=20)
    till.process()
    till.credited(bill)
    with Sandbox.start() as sandbox:
        result = billing(
            "collect",
            *("--as-of", "2026-03-12"),
            STRIPE_API_KEY=sandbox.api_key,
            STRIPE_API_BASE=sandbox.stripe_url,
            SMTP_URL="",
        )
    assert result.returncode == 1, result.stderr
    assert f"{bill.number}: dispute du_1 takes 100.00 EUR that had gone back already: they are not booked." in (
        result.stderr
    )


def test_whoever_enters_manual_review_is_named_once_by_the_collect_that_sends_it_there(
    billing: Billing, till: Collection
) -> None:
    bill = till.issued("100.00")
    for day in ("2026-04-03", "2026-04-07"):
        till.connection.execute("select billing.advance_dunning(%s)", (day,))
    first, second = (billing("collect", "--as-of", "2026-04-14", SMTP_URL="") for _ in range(2))
    assert first.returncode == 1, first.stderr
    assert f"{bill.number} of account A-0001: in manual review, unpaid on day 14; 100.00 EUR due." in first.stderr
    assert "A person has to decide on 1 invoice." in first.stderr
    assert (second.returncode, "review" in second.stderr) == (0, False)


def test_a_task_of_dunning_is_named_by_the_collect_that_asks_for_it(billing: Billing, till: Collection) -> None:
    bill = till.issued("100.00")
    till.connection.execute("update billing.dunning_policy set action = 'task', task = 'phone call' where day = 3")
    first, second = (billing("collect", "--as-of", "2026-04-03", SMTP_URL="") for _ in range(2))
    assert (first.returncode, second.returncode) == (1, 0), first.stderr + second.stderr
    assert "2026-04-03: due: 0 charges, 0 e-mails, 1 task." in first.stdout
    assert f"{bill.number} of account A-0001: to do, phone call; 100.00 EUR due." in first.stderr
    assert "1 task of dunning for a person; finance has an e-mail about each." in first.stderr
    assert "A person has to decide" not in first.stderr


def test_a_delivery_finds_what_the_queue_has_missed(billing: Billing, till: Collection) -> None:
    till.issued("100.00")
    till.connection.execute("delete from billing.work_items")
    result = billing("deliver", "--as-of", "2026-03-01", SMTP_URL="")
    assert "1 e-mail;" in result.stdout, result.stdout + result.stderr


def test_a_refund_made_at_stripe_is_named_once_and_in_the_queue(billing: Billing, till: Collection) -> None:
    bill = till.issued("100.00", method="charge_automatically")
    till.charge(bill)
    till.event("charge.refunded", {"id": "ch_1", "payment_intent": till.intent(bill), "amount_refunded": 10000}, at=10)
    with Sandbox.start() as sandbox:
        stripe = {"STRIPE_API_KEY": sandbox.api_key, "STRIPE_API_BASE": sandbox.stripe_url, "SMTP_URL": ""}
        first, second = (billing("collect", "--as-of", "2026-03-12", **stripe) for _ in range(2))
    assert (first.returncode, second.returncode) == (1, 0), first.stderr + second.stderr
    assert f"{bill.number} of account A-0001: in manual review, 100.00 EUR were refunded at Stripe" in first.stderr
    queue = billing("export", "dunning_queue", "--as-of", "2026-03-12").stdout
    assert f"A-0001,{bill.number},manual_review,2026-03-12,review," in queue


def test_a_case_whose_dunning_fails_is_told(billing: Billing, till: Collection) -> None:
    bill = till.issued("100.00")
    till.connection.execute("alter table billing.emails add constraint no_reminder check (template <> 'reminder')")
    result = billing("collect", "--as-of", "2026-04-03", SMTP_URL="")
    assert (result.returncode, "Dunning failed for 1 invoice" in result.stderr) == (1, True), result.stderr
    assert f"{bill.number} of account A-0001: in manual review, its dunning failed:" in result.stderr
