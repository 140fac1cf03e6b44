from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Collection


def test_an_ignored_transaction_waits_no_longer(given: Collection) -> None:
    booked = given.transfer("75.00", "thanks")
    assert given.value("select count(*) from billing.unmatched_bank_transactions()") == 1
    given.value("select billing.ignore_bank_transaction(%s, 'interest')", booked.bank_transaction_id)
    assert given.value("select count(*) from billing.unmatched_bank_transactions()") == 0


def test_who_ignores_leaves_an_audit_entry_on_the_business_date(given: Collection) -> None:
    booked = given.transfer("75.00", "thanks")
    with given.connection.transaction():
        given.value("select set_config('billing.as_of', '2026-03-20', true)")
        given.value("select billing.ignore_bank_transaction(%s, 'interest')", booked.bank_transaction_id)
    assert given.connection.execute(
        "select business_date::text, topic, from_state, to_state, reason from billing.audit_log where subject = %s",
        (f"bank transaction {booked.bank_transaction_id}",),
    ).fetchall() == [("2026-03-20", "payment", "unmatched", "ignored", "interest")]


def test_ignoring_needs_a_reason_and_an_unmatched_transaction(given: Collection) -> None:
    booked = given.transfer("75.00", "thanks")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="needs a reason"):
        given.value("select billing.ignore_bank_transaction(%s, ' ')", booked.bank_transaction_id)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="cannot be printed"):
        given.value("select billing.ignore_bank_transaction(%s, E'a\\x1b[2J')", booked.bank_transaction_id)
    given.value("select billing.ignore_bank_transaction(%s, 'interest')", booked.bank_transaction_id)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is ignored") as refusal:
        given.value("select billing.ignore_bank_transaction(%s, 'again')", booked.bank_transaction_id)
    assert f"billing bank undo {booked.bank_transaction_id} " in str(refusal.value.diag.message_hint)
