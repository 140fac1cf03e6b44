from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given


def log(given: Given) -> list[tuple[object, ...]]:
    return given.connection.execute(
        "select business_date, subject, from_state, to_state, reason, actor from billing.audit_log "
        "where topic = 'invoice' order by entry"
    ).fetchall()


def test_numbering_issue_and_void_are_logged(given: Given, numbered: int) -> None:
    given.void(given.invoice(numbered), reason="wrong company", on="2026-03-09")
    number, owner = "INV-2026-02-0001", "billing_owner"
    assert log(given) == [
        (date(2026, 3, 1), number, None, "draft", "numbered, 117.81 EUR", owner),
        (date(2026, 3, 1), number, "draft", "issued", "document stored", owner),
        (date(2026, 3, 9), number, "issued", "void", "wrong company", owner),
    ]


def test_an_invoice_of_nothing_is_logged_as_paid(given: Given) -> None:
    given.subscription(given.customer(), given.flat_plan("0"))
    given.run("2026-02")
    given.deliver()
    assert [(entry[3], entry[4]) for entry in log(given)][1:] == [
        ("issued", "document stored"),
        ("paid", "nothing left to pay"),
    ]


def test_drafts_leave_no_trace(given: Given) -> None:
    given.subscription(given.customer(), given.flat_plan())
    given.draft("2026-02")
    assert log(given) == []
