"""What `billing check` says when money does not add up: each row here is a sabotage and the invariant it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.collection import Collection

OPEN = "open invoices are collected, or with a person"
SABOTAGE = [
    ("update billing.payments set amount = 50", "payments applied are not more than received"),
    ("update billing.payment_applications set amount = 200", "payments applied are not more than owed"),
    ("update billing.bank_transactions set amount = 90", "matched transfers are booked in full, others not at all"),
    ("update billing.bank_transactions set status = 'unmatched'", "matched transfers are booked in full"),
    ("update billing.bank_transactions set status = 'returned'", "returned transfers have gone back in full"),
    ("update billing.invoices set status = 'issued', paid_on = null", "states agree with money"),
    ("update billing.dunning_cases set state = 'issued'", "dunning agrees with its invoice"),
    ("delete from billing.dunning_cases", "dunning agrees with its invoice"),
    ("update billing.credit_note_line_items set amount = 31", "lines add up to credit notes"),
    ("update billing.credit_note_line_items set amount = 310", "credit notes are not more than their invoice, rate"),
    ("delete from billing.documents where credit_note_id is not null", "credit notes have a document to be"),
    ("delete from billing.payment_reversals", "refunds are booked once they went out"),
    ("update billing.refunds set amount = 300", "refunds of a credit note are not more than it"),
    (
        "truncate billing.payments cascade",
        "successful charges are booked",
    ),
    (
        "update billing.payment_attempts set state = 'scheduled', finished_at = null",
        "nothing more is asked of a settled",
    ),
]


@pytest.mark.parametrize(("sabotage", "invariant"), SABOTAGE)
def test_what_does_not_add_up_is_found(
    given: Collection, admin: psycopg.Connection, sabotage: str, invariant: str
) -> None:
    given.transfer("100.00", given.issued("100.00").number)
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill)
    given.credited(bill, "30.00")
    given.connection.execute(
        "select billing.record_refund_succeeded(refund_id, 're_1', '2026-03-13') from billing.refunds"
    )
    given.deliver()
    assert given.broken() == []
    admin.execute("set session_replication_role = replica")
    admin.execute(sabotage.encode())
    assert [found for found, _, _ in given.broken() if found.startswith(invariant)]


@pytest.mark.parametrize("method", ["send_invoice", "charge_automatically"])
def test_an_open_invoice_that_nothing_will_collect_is_found(given: Collection, method: str) -> None:
    given.issued("100.00", method=method)
    assert given.broken() == []
    given.connection.execute("update billing.dunning_cases set next_day = null, next_action_on = null")
    given.connection.execute(
        "update billing.payment_attempts set state = 'canceled', finished_at = now() where state = 'scheduled'"
    )
    assert [found for found, _, _ in given.broken()] == [OPEN]
