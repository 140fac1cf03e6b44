"""Nothing goes out, is charged or goes back before the day that its document is dated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import given

if TYPE_CHECKING:
    from tests.collection import Collection

__all__ = ["given"]

CLAIMS = {
    "documents": "claim_documents('w', 9, '1 hour', 'infinity', %s)",
    "charges": "claim_work('charge', 'w', 9, '1 hour', 'infinity', %s)",
    "emails": "claim_emails('w', 9, '1 hour', 'infinity', false, %s)",
    "refunds": "claim_work('refund', 'w', 9, '1 hour', 'infinity', %s)",
}


def waiting(given: Collection, day: str) -> dict[str, object]:
    """What can be claimed on a day; where there is none, nothing is said to be open."""
    found = {}
    for kind, claim in CLAIMS.items():
        with given.connection.transaction(force_rollback=True):
            found[kind] = given.value(f"select count(*) from billing.{claim}", day)
    opened = given.value("select documents + charges + refunds + emails from billing.open_work(%s)", day)
    assert (opened == 0) == (set(found.values()) == {0})
    return {kind: count for kind, count in found.items() if count}


def later(given: Collection, day: str) -> tuple[object, ...]:
    (row,) = given.connection.execute("select *, first_on::text from billing.later_work(%s)", (day,)).fetchall()
    return (row[0], row[1], row[3])


def test_an_invoice_waits_for_its_day(given: Collection) -> None:
    given.subscription(given.customer(), given.flat_plan())
    given.run("2026-02", as_of="2026-03-01")
    assert (waiting(given, "2026-02-28"), waiting(given, "2026-03-01")) == ({}, {"documents": 1})
    assert later(given, "2026-02-28") == (1, "INV-2026-02-0001", "2026-03-01")
    assert later(given, "2026-03-01") == (0, None, None)


def test_what_follows_an_issue_waits_as_well(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    assert (waiting(given, "2026-02-28"), waiting(given, "2026-03-01")) == ({}, {"charges": 1, "emails": 1})
    assert later(given, "2026-02-28") == (1, bill.number, "2026-03-01")


def test_a_credit_note_its_mail_and_its_refund_wait_for_its_day(given: Collection) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill)
    given.connection.execute("update billing.emails set state = 'obsolete'")
    number = given.credited(bill, on="2026-03-12")
    assert waiting(given, "2026-03-11") == {}
    assert waiting(given, "2026-03-12") == {"documents": 1, "refunds": 1}
    assert later(given, "2026-03-11") == (1, number, "2026-03-12")


def test_the_letter_of_a_void_invoice_waits_for_the_day_of_the_void(given: Collection) -> None:
    bill = given.issued("100.00")
    given.connection.execute("update billing.emails set state = 'sent', sent_at = now()")
    given.void(given.invoice(bill.customer), on="2026-03-05")
    assert (waiting(given, "2026-03-04"), waiting(given, "2026-03-05")) == ({}, {"documents": 1})


def test_a_held_run_is_not_said_to_wait_for_its_day(given: Collection) -> None:
    given.subscription(given.customer(), given.flat_plan())
    given.run("2026-02", as_of="2026-03-01", is_held=True)
    assert later(given, "2026-02-28") == (0, None, None)


@pytest.mark.parametrize(("day", "received"), [("2026-02-20", "2026-03-01"), ("2026-03-04", "2026-03-04")])
def test_no_card_pays_before_there_is_an_invoice(given: Collection, day: str, received: str) -> None:
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, on=day)
    assert given.value("select received_on::text from billing.payments") == received
