"""The queue holds what is open, and nothing else, whoever opens or ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import given

if TYPE_CHECKING:
    import psycopg

    from tests.collection import Collection

__all__ = ["given"]

BROKEN = "the queue holds what is open"


def queue(given: Collection) -> dict[str, list[str]]:
    """Numbers of the documents that work is queued about, by kind."""
    rows = given.connection.execute(
        "select kind, array_agg(document_number order by subject_id) from billing.work_items group by kind"
    ).fetchall()
    return dict(rows)


def numbered(given: Collection, *, is_held: bool = False) -> str:
    customer = given.customer()
    given.subscription(customer, given.flat_plan())
    given.run("2026-02", is_held=is_held)
    return str(given.invoice(customer).invoice_number)


def test_a_document_is_queued_until_it_is_stored(given: Collection) -> None:
    number = numbered(given)
    assert queue(given) == {"document": [number]}
    given.deliver()
    assert "document" not in queue(given)


def test_a_held_document_is_queued_when_it_is_released(given: Collection) -> None:
    number = numbered(given, is_held=True)
    assert queue(given) == {}
    given.value("select count(*) from billing.release_run('2026-02-01', '2026-03-02')")
    assert queue(given) == {"document": [number]}


def test_a_held_document_of_a_void_draft_is_queued(given: Collection) -> None:
    number = numbered(given, is_held=True)
    given.void(given.invoice(1))
    assert queue(given) == {"document": [number]}


def test_a_charge_and_its_refund_are_queued_until_they_have_an_answer(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    assert queue(given)["charge"] == [bill.number]
    given.charge(bill)
    note = given.credited(bill)
    assert (queue(given)["refund"], "charge" in queue(given)) == ([note], False)
    given.value("select billing.record_refund_succeeded(refund_id, 're_1', '2026-03-14') from billing.refunds")
    assert "refund" not in queue(given)


def test_a_letter_about_a_credit_note_is_of_its_date(given: Collection) -> None:
    note = given.credited(given.issued("100.00"), on="2026-03-12")
    query = "select dated_on::text from billing.work_items where kind = 'email' and document_number = %s"
    assert given.value(query, note) == "2026-03-12"


def test_a_payment_ends_the_claim_on_the_charge_it_makes_needless(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.value("select claim from billing.claim_work('charge', 'w', 1, '1 hour', 'infinity', 'infinity')")
    given.paid_by_hand(bill, "100.00")
    assert "charge" not in queue(given)


def test_of_a_refused_letter_that_goes_out_once_more_the_claims_are_counted_on(given: Collection) -> None:
    given.issued("100.00")
    claim = "select claim from billing.claim_emails('w', 1, '1 hour', 'infinity', false, 'infinity')"
    assert given.value(claim) == 1
    given.value("select billing.record_email_result(email_id, 1, 'refused', 'no such user')::text from billing.emails")
    given.connection.execute("update billing.emails set state = 'queued', refusal = null")
    assert given.value(claim) == 2


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ("delete from billing.work_items", "open, and not queued so"),
        ("update billing.work_items set dated_on = dated_on + 1", "open, and not queued so"),
        ("update billing.documents set held_at = now(), held_by = 'x'", "queued, and not open"),
    ],
)
def test_a_queue_that_is_wrong_is_named(given: Collection, admin: psycopg.Connection, change: str, detail: str) -> None:
    number = numbered(given)
    admin.execute("set session_replication_role = replica")
    admin.execute(change.encode())
    document = given.value("select document_id from billing.documents")
    assert given.broken() == [(BROKEN, number, f"document {document} is {detail}")]


def test_what_was_opened_and_ended_without_the_triggers_is_queued_and_taken_out(given: Collection) -> None:
    given.issued("10.00", period="2026-01", on="2026-02-01")
    number = numbered(given, is_held=True)
    tables = ("documents", "emails")
    for table in tables:
        given.connection.execute(f"alter table billing.{table} disable trigger user".encode())
    given.connection.execute("update billing.documents set held_at = null, held_by = null where held_at is not null")
    given.connection.execute("update billing.emails set state = 'obsolete'")
    for table in tables:
        given.connection.execute(f"alter table billing.{table} enable trigger user".encode())
    assert set(queue(given)) == {"email"}
    given.connection.execute("select billing.refresh_queue()")
    assert set(queue(given)) == {"document"}
    assert number in queue(given)["document"]
