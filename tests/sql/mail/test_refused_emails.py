"""Mail that the server refused for good: it waits for another address, and goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.collection import Bill


@pytest.fixture
def till(database: psycopg.Connection) -> Collection:
    return Collection(database)


def answer(till: Collection, result: str) -> None:
    """Let the mail server answer so to whatever is in the outbox."""
    till.connection.execute(
        "select billing.record_email_result(subject_id, claim, %s, '550 no such user') "
        "from billing.claim_emails('given', 1000, interval '1 hour', 'infinity', false, 'infinity')",
        (result,),
    )


def refused(till: Collection) -> list[str]:
    rows = till.connection.execute("select template from billing.refused_emails()").fetchall()
    return [template for (template,) in rows]


def load_again(till: Collection, bill: Bill, address: str) -> None:
    """Load the customer's row, with an address."""
    with till.connection.transaction():
        till.connection.execute("select billing.begin_file()")
        till.connection.execute(
            "insert into pg_temp.incoming_rows (line, fields) select 2, jsonb_strip_nulls(to_jsonb(customers)) - "
            "'created_at' - 'updated_at' || jsonb_build_object('billing_email', %s::text) "
            "from billing.customers where customer_id = %s",
            (address, bill.customer),
        )
        till.connection.execute("select * from billing.load_customers(false)")


def test_another_address_puts_a_refused_mail_back_into_the_outbox(till: Collection) -> None:
    bill = till.issued("100.00")
    answer(till, "refused")
    assert refused(till) == ["invoice_transfer"]
    load_again(till, bill, "right@customer.example")
    assert refused(till) == []
    assert till.connection.execute("select state, to_address from billing.emails").fetchall() == [
        ("queued", "right@customer.example")
    ]
    answer(till, "sent")
    assert till.letters(bill) == [("invoice_transfer", "sent")]


def test_the_same_address_again_changes_nothing(till: Collection) -> None:
    bill = till.issued("100.00")
    answer(till, "refused")
    load_again(till, bill, str(till.value("select to_address from billing.emails")))
    assert till.letters(bill) == [("invoice_transfer", "refused")]


def test_only_the_last_letter_of_dunning_still_matters(till: Collection) -> None:
    bill = till.issued("100.00")
    answer(till, "sent")
    for day in ("2026-04-03", "2026-04-07"):
        till.advance(day)
        answer(till, "refused")
    assert till.letters(bill)[1:] == [("reminder", "refused"), ("urgent_notice", "refused")]
    assert refused(till) == ["urgent_notice"]
    till.paid_by_hand(bill, "100.00", on="2026-04-08")
    assert refused(till) == []


def test_nothing_of_a_void_invoice_matters(till: Collection) -> None:
    bill = till.issued("100.00")
    answer(till, "refused")
    till.void(till.invoice(bill.customer))
    assert refused(till) == []


@pytest.mark.parametrize(("result", "state"), [("failed", "obsolete"), ("unknown", "obsolete"), ("sent", "sent")])
def test_a_mail_that_was_under_way_when_its_invoice_was_voided_is_not_tried_again(
    till: Collection, result: str, state: str
) -> None:
    bill = till.issued("100.00")
    (claimed,) = till.connection.execute(
        "select subject_id, claim from billing.claim_emails('given', 1, '1 hour', 'infinity', false, 'infinity')"
    ).fetchall()
    till.void(till.invoice(bill.customer))
    till.connection.execute("select billing.record_email_result(%s, %s, %s, null)", (*claimed, result))
    assert till.letters(bill) == [("invoice_transfer", state), ("invoice_void", "queued")]
