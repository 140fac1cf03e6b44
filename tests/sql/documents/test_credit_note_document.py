from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection
from tests.engine import PDF

if TYPE_CHECKING:
    import psycopg

CONTENT = (
    "select billing.document_content(document_id, 'https://pay.example/', true) from billing.documents "
    "where credit_note_id is not null"
)


@pytest.fixture
def till(database: psycopg.Connection) -> Collection:
    return Collection(database)


def content(till: Collection) -> dict[str, object]:
    found = till.value(CONTENT)
    assert isinstance(found, dict)
    return found


def test_it_says_what_it_corrects_and_why(till: Collection) -> None:
    bill = till.issued("100.00")
    number = till.credited(bill, "30.00")
    document = content(till)
    assert (document["document"], document["number"], document["due_on"]) == ("credit_note", number, None)
    assert document["corrects"] == {
        "invoice_number": bill.number,
        "issued_on": "2026-03-01",
        "reason": "not as agreed",
    }
    assert (document["payment_url"], document["epc_payload"]) == (None, None)


def test_amounts_are_positive_and_by_rate(till: Collection) -> None:
    till.tax_rate("0.19")
    till.credited(till.issued("100.00", country="DE"), "11.90")
    document = content(till)
    assert [document[name] for name in ("subtotal", "total")] == ["10.00", "11.90"]
    assert document["taxes"] == [
        {"name": "VAT", "rate": "0.19", "treatment": "taxed", "taxable": "10.00", "tax": "1.90"}
    ]


def test_it_has_every_field_of_an_invoice(till: Collection) -> None:
    till.credited(till.issued("100.00"))
    invoice = till.value(
        "select billing.document_content(document_id, 'x', true) from billing.documents where invoice_id is not null"
    )
    assert isinstance(invoice, dict)
    assert content(till).keys() == invoice.keys()


def test_its_letter_waits_for_its_document(till: Collection) -> None:
    till.credited(till.issued("100.00"))
    claim = "select count(*) from billing.claim_emails('w', 100, interval '1 hour', 'infinity', false, 'infinity')"
    assert till.value(claim) == 1
    till.deliver()
    assert till.value(claim) == 1
    message = till.value(
        "select billing.email_message(email_id, 'x', true, '2026-03-01') from billing.emails "
        "where template = 'credit_note'"
    )
    assert isinstance(message, dict)
    assert [attachment["filename"] for attachment in message["attachments"]] == ["CN-2026-03-0001.pdf"]


def test_its_pdf_is_handed_out_by_its_number(till: Collection) -> None:
    number = till.credited(till.issued("100.00"))
    assert till.value("select array_agg(document_number) from billing.open_documents()") == [number]
    till.deliver()
    assert till.value("select billing.document_pdf(%s)", number) == PDF


def test_what_was_paid_out_before_it_is_rendered_is_promised_to_no_invoice(till: Collection) -> None:
    bill = till.issued("100.00")
    till.paid_by_hand(bill, "100.00")
    till.credited(bill, "30.00")
    assert content(till)["paid_out"] is None
    till.paid_out(bill, "20.00", on="2026-03-13")
    told = content(till)["paid_out"]
    assert isinstance(told, dict)
    figures = ("kept_amount", "paid_out_amount", "paid_out_on", "credit_balance")
    assert [told[name] for name in figures] == ["30.00", "20.00", "2026-03-13", "10.00"]
    till.payout_back(1)
    assert content(till)["paid_out"] is None
