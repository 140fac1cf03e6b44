from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.collection import Collection

LOOK = "select billing.draft_document(%s, 'https://billing.example', true)"


@pytest.fixture
def draft(given: Collection) -> int:
    """A customer whose February is numbered."""
    customer = given.customer()
    given.subscription(customer, given.flat_plan("40.00"))
    given.run("2026-02")
    return customer


def test_a_numbered_draft_shows_what_will_go_out_marked(given: Collection, draft: int) -> None:
    number = given.invoice(draft).invoice_number
    look = given.value(LOOK, number)
    real = given.value(
        "select billing.document_content(document_id, 'https://billing.example', true) from billing.documents"
    )
    assert isinstance(look, dict)
    assert isinstance(real, dict)
    assert look == real | {"mark": "DRAFT"}


def test_an_issued_invoice_is_no_draft(given: Collection, draft: int) -> None:
    given.deliver()
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is issued, not a draft"):
        given.value(LOOK, given.invoice(draft).invoice_number)


def test_the_stored_pdf_of_a_draft_is_not_there_and_the_way_to_a_look_is_named(given: Collection, draft: int) -> None:
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="not rendered yet") as refused:
        given.value("select billing.document_pdf(%s)", given.invoice(draft).invoice_number)
    assert "--draft" in str(refused.value.diag.message_hint)


@pytest.mark.parametrize(
    "command",
    [
        "credit_invoice(%s, null, null, 'x', '2026-03-02', true)",
        "record_payment(%s, 1, '2026-03-02', 'other', 'r', true)",
    ],
)
def test_money_on_a_draft_is_refused_with_the_ways_out(given: Collection, draft: int, command: str) -> None:
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is numbered and not issued yet") as refused:
        given.value(f"select billing.{command}", given.invoice(draft).invoice_number)
    assert "billing void" in str(refused.value.diag.message_hint)
