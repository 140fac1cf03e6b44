from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.collection import Booked, Collection


def suggested(given: Collection, booked: Booked) -> list[tuple[str, int]]:
    return given.connection.execute(
        "select invoice_number, score from billing.bank_suggestions(%s)", (booked.bank_transaction_id,)
    ).fetchall()


def test_the_amount_suggests_the_invoice_with_exactly_that_outstanding(given: Collection) -> None:
    bill = given.issued("75.00")
    given.issued("80.00")
    assert suggested(given, given.transfer("75.00", "thanks")) == [(bill.number, 50)]


def test_the_name_of_the_payer_suggests_its_invoices(given: Collection) -> None:
    bill = given.issued("75.00", name="Müller & Söhne GmbH")
    booked = given.transfer("10.00", "thanks", payer_name="MÜLLER & SÖHNE GMBH BERLIN")
    assert suggested(given, booked) == [(bill.number, 40)]


def test_an_account_that_paid_before_suggests_its_customer(given: Collection) -> None:
    bill = given.issued("75.00")
    given.transfer("20.00", bill.number, payer_iban="DE02120300000000202051")
    assert suggested(given, given.transfer("10.00", "thanks", payer_iban="DE02120300000000202051")) == [
        (bill.number, 60)
    ]


def test_the_best_comes_first_and_five_are_enough(given: Collection) -> None:
    bills = [given.issued("75.00") for _ in range(6)]
    best = given.issued("75.00", name="Delta Energy Pty Ltd")
    found = suggested(given, given.transfer("75.00", "thanks", payer_name="Delta Energy"))
    assert found[0] == (best.number, 90)
    assert [number for number, _ in found[1:]] == [bill.number for bill in bills[:4]]


def test_paid_invoices_and_matched_transfers_need_no_suggestion(given: Collection) -> None:
    bill = given.issued("75.00")
    booked = given.transfer("75.00", bill.number)
    assert suggested(given, booked) == []
    assert suggested(given, given.transfer("75.00", "thanks")) == []
