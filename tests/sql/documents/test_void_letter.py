"""Who got an invoice that is void now is told, once; who did not is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection
from tests.engine import PDF

if TYPE_CHECKING:
    import psycopg

    from tests.collection import Bill

ON = "2026-03-12"
HANDED_OVER = "update billing.emails set state = 'sent', sent_at = now()"


@pytest.fixture
def given(database: psycopg.Connection) -> Collection:
    return Collection(database)


def void(given: Collection, bill: Bill, *, is_waived: bool = False) -> None:
    given.connection.execute("select billing.void_invoice(%s, 'wrong address', %s, %s)", (bill.number, ON, is_waived))


def letter(given: Collection) -> dict[str, object]:
    content = given.value(
        "select billing.email_message(email_id, 'http://b', false, '2026-03-01') from billing.emails "
        "where template = 'invoice_void'"
    )
    assert isinstance(content, dict)
    return content


@pytest.fixture
def bill(given: Collection) -> Bill:
    """Of 40.00, mailed on 1 March."""
    bill = given.issued("40.00")
    given.connection.execute(HANDED_OVER.encode())
    return bill


def test_whoever_got_it_is_told_that_it_is_void_once(given: Collection, bill: Bill) -> None:
    void(given, bill)
    void(given, bill)
    assert given.letters(bill) == [("invoice_transfer", "sent"), ("invoice_void", "queued")]


def test_the_letter_waits_for_the_sheet_and_carries_it(given: Collection, bill: Bill) -> None:
    claim = "select count(*) from billing.claim_emails('w', 10, interval '1 hour', 'infinity', false, 'infinity')"
    void(given, bill)
    assert given.value(claim) == 0
    given.deliver()
    assert given.value(claim) == 1
    sheet = given.value("select document_id from billing.documents where voided_invoice_id = %s", bill.invoice_id)
    assert letter(given)["attachments"] == [{"filename": f"{bill.number}-VOID.pdf", "document_id": sheet}]


@pytest.mark.parametrize(
    ("attempt", "is_told"),
    [(None, False), ("failed", False), ("refused", False), ("unknown", True), ("no answer yet", True)],
)
def test_a_mail_that_may_have_arrived_counts_and_one_that_did_not_is_not_sent(
    given: Collection, attempt: str | None, *, is_told: bool
) -> None:
    bill = given.issued("40.00")
    if attempt is not None:
        given.connection.execute(
            "insert into billing.email_attempts (email_id, attempt, finished_at, result) "
            "select email_id, 1, case when %(result)s <> 'no answer yet' then now() end, "
            "nullif(%(result)s, 'no answer yet') from billing.emails",
            {"result": attempt},
        )
    void(given, bill)
    told = [("invoice_void", "queued")] if is_told else []
    assert given.letters(bill) == [("invoice_transfer", "obsolete"), *told]


def test_the_letter_names_what_takes_its_place_once_there_is_something(given: Collection, bill: Bill) -> None:
    void(given, bill)
    assert (letter(given)["successor"], letter(given)["is_waived"]) == (None, False)
    given.run("2026-02", as_of=ON, is_held=True)
    assert letter(given)["successor"] is None
    given.connection.execute("select billing.release_run('2026-02-01', %s)", (ON,))
    assert letter(given)["successor"] == "INV-2026-02-0002"


def test_what_takes_its_place_names_the_one_it_replaces(given: Collection, bill: Bill) -> None:
    void(given, bill)
    again = given.billed(bill.customer, on=ON)
    mail = given.value(
        "select billing.email_message(email_id, 'http://b', false, '2026-03-01') ->> 'replaces' from billing.emails "
        "where invoice_id = %s",
        again.invoice_id,
    )
    sheet = given.value(
        "select billing.document_content(document_id, 'http://b', false) ->> 'replaces' from billing.documents "
        "where invoice_id = %s",
        again.invoice_id,
    )
    assert (mail, sheet) == (bill.number, bill.number)


def test_the_sheet_asks_for_nothing_and_the_document_it_was_issued_with_stays(given: Collection, bill: Bill) -> None:
    void(given, bill)
    content = given.value(
        "select billing.document_content(document_id, 'http://b', true) from billing.documents "
        "where voided_invoice_id = %s",
        bill.invoice_id,
    )
    assert isinstance(content, dict)
    asked = ("mark", "due_on", "payment_url", "epc_payload")
    assert [content[key] for key in asked] == ["VOID", None, None, None]
    given.connection.execute(
        "select billing.complete_document(subject_id, claim, 'void sheet') "
        "from billing.claim_documents('w', 10, interval '1 hour', 'infinity', 'infinity')"
    )
    assert given.value("select billing.document_pdf(%s)", bill.number) == b"void sheet"
    assert given.value("select pdf from billing.documents where invoice_id = %s", bill.invoice_id) == PDF
    assert [subject for _, subject, _ in given.broken()] == [bill.number]


def test_the_customers_page_says_what_takes_its_place_and_has_a_sheet_only_once_it_is_there(
    given: Collection, bill: Bill
) -> None:
    page = "select billing.payment_page(%s) -> %s"
    assert given.value(page, bill.number, "has_pdf") is True
    void(given, bill)
    assert given.value(page, bill.number, "has_pdf") is False
    given.billed(bill.customer, on=ON)
    assert given.value(page, bill.number, "has_pdf") is True
    assert given.value(page, bill.number, "successor") == "INV-2026-02-0002"
