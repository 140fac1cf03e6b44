"""`billing pdf` of every state of an invoice, with and without --draft: a document, or the truth and the way to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.collection import Collection
from tests.engine import PDF

if TYPE_CHECKING:
    from collections.abc import Callable

STORED = "select billing.document_pdf(%s)"
DRAFT = "select billing.draft_document(%s, 'https://billing.example', true)"
NOT_RENDERED = "the PDF of invoice {0} is not rendered yet"
SHEET_NOT_RENDERED = "the sheet of {0}, which is void, is not rendered yet"
RUN, LOOK = "Run billing deliver, which renders it.", "To look at it before, add --draft."
IS_VOID = "invoice {0} is void, not a draft"
LATER = "Run billing deliver, which renders the sheet that says so; then leave --draft out."
STORED_NOW = "Its PDF is stored: leave --draft out."


def test_of_a_number_that_nothing_has_is_said_that_there_is_none(given: Collection) -> None:
    with pytest.raises(psycopg.Error, match="there is no invoice NOSUCH"):
        given.connection.execute(DRAFT, ("NOSUCH",))


@pytest.fixture
def given(database: psycopg.Connection) -> Collection:
    return Collection(database)


def hold(given: Collection) -> None:
    given.connection.execute("update billing.documents set held_at = now(), held_by = 'x'")


def void(given: Collection) -> None:
    given.void(given.invoice(1))


STATES: dict[str, tuple[Callable[[Collection], object], ...]] = {
    "draft": (),
    "held": (hold,),
    "issued": (lambda given: given.deliver(),),
    "void draft": (void,),
    "void held": (hold, void),
    "void draft, rendered": (void, lambda given: given.deliver()),
    "void": (lambda given: given.deliver(), void),
    "void, rendered": (lambda given: given.deliver(), void, lambda given: given.deliver()),
}
SAID = {
    "draft": ((NOT_RENDERED, f"{RUN} {LOOK}"), None),
    "held": ((NOT_RENDERED, f"Its run is held: billing release 2026-02 lets it be rendered. {LOOK}"), None),
    "issued": (None, ("invoice {0} is issued, not a draft", STORED_NOW)),
    "void draft": ((SHEET_NOT_RENDERED, RUN), (IS_VOID, LATER)),
    "void held": ((SHEET_NOT_RENDERED, RUN), (IS_VOID, LATER)),
    "void draft, rendered": (None, (IS_VOID, STORED_NOW)),
    "void": ((SHEET_NOT_RENDERED, RUN), (IS_VOID, LATER)),
    "void, rendered": (None, (IS_VOID, STORED_NOW)),
}


def told(given: Collection, query: str, number: str | None) -> tuple[str | None, str | None] | None:
    try:
        assert given.value(query, number)
    except psycopg.errors.ObjectNotInPrerequisiteState as refused:
        return refused.diag.message_primary, refused.diag.message_hint
    return None


@pytest.mark.parametrize("state", STATES)
def test_of_every_state_the_truth_is_said(given: Collection, state: str) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan("40.00"))
    given.run("2026-02")
    for step in STATES[state]:
        step(given)
    number = given.invoices(customer)[0].invoice_number
    for query, said in zip((STORED, DRAFT), SAID[state], strict=True):
        assert told(given, query, number) == (said and (said[0].format(number), said[1]))


def test_a_credit_note_is_no_draft(given: Collection) -> None:
    number = given.credited(given.issued("40.00"))
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="the PDF of credit note CN-") as refused:
        given.value(STORED, number)
    assert refused.value.diag.message_hint == RUN
    with pytest.raises(psycopg.errors.NoDataFound, match="there is no invoice CN-") as refused_draft:
        given.value(DRAFT, number)
    assert refused_draft.value.diag.message_hint == "It is a credit note, which is never a draft: leave --draft out."
    given.deliver()
    assert given.value(STORED, number) == PDF
