from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.engine import PDF

if TYPE_CHECKING:
    from tests.given import Given

CLAIM = "select subject_id, claim from billing.claim_documents('w', 1, %s::interval, 'infinity', 'infinity')"


def claim(given: Given, lease: str = "1 hour") -> tuple[int, int]:
    row = given.connection.execute(CLAIM, (lease,)).fetchone()
    assert row is not None
    document, attempt = row
    return document, attempt


def complete(given: Given, document: int, attempt: int) -> None:
    given.connection.execute("select billing.complete_document(%s, %s, %s)", (document, attempt, PDF))


def test_storing_the_pdf_issues_the_invoice(given: Given, three: list[int]) -> None:
    complete(given, *claim(given))
    assert [given.invoice(customer).status for customer in three] == ["issued", "draft", "draft"]
    stored = given.value("select pdf_sha256 from billing.documents where pdf is not null")
    assert stored == hashlib.sha256(PDF).digest()


@pytest.mark.usefixtures("three")
def test_whoever_lost_the_claim_cannot_complete(given: Given) -> None:
    document, attempt = claim(given, lease="0")
    assert claim(given) == (document, attempt + 1)
    with pytest.raises(psycopg.Error, match=f"the claim on document {document} was lost") as refusal:
        complete(given, document, attempt)
    assert refusal.value.sqlstate == "UB003"
    assert given.value("select count(*) from billing.documents where pdf is not null") == 0


@pytest.mark.usefixtures("three")
def test_a_late_worker_that_nobody_replaced_may_still_complete(given: Given) -> None:
    complete(given, *claim(given, lease="0"))


@pytest.mark.usefixtures("three")
def test_a_second_completion_is_refused(given: Given) -> None:
    claimed = claim(given)
    complete(given, *claimed)
    with pytest.raises(psycopg.Error, match="was lost"):
        complete(given, *claimed)


def test_an_invoice_of_nothing_is_paid_on_issue(given: Given) -> None:
    customer = given.customer()
    given.subscription(customer, given.flat_plan("0"))
    given.run("2026-02", as_of="2026-03-04")
    given.deliver()
    invoice = given.invoice(customer)
    assert (invoice.status, str(invoice.paid_on)) == ("paid", "2026-03-04")
