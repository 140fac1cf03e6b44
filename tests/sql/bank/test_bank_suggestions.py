from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.collection import Booked, Collection


def suggested(given: Collection, booked: Booked) -> list[tuple[str, int]]:
    return given.connection.execute(
        "select invoice_number, score from billing.bank_suggestions(%s)", ([booked.bank_transaction_id],)
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


def test_a_name_of_another_script_suggests_its_invoices_only(given: Collection) -> None:
    bill = given.issued("75.00", name="Иванов и сыновья")
    given.issued("80.00", name="Ελληνική Εταιρεία")
    assert suggested(given, given.transfer("10.00", "thanks", payer_name="ИВАНОВ И СЫНОВЬЯ")) == [(bill.number, 40)]


def test_what_fits_by_name_as_well_is_found_behind_any_number_of_equal_amounts(given: Collection) -> None:
    for _ in range(6):
        given.issued("75.00")
    named = given.issued("75.00", name="Zeta Mills", on="2026-03-02")
    assert suggested(given, given.transfer("75.00", "thanks", payer_name="Zeta Mills"))[0] == (named.number, 90)


def test_the_total_of_a_partly_paid_invoice_is_a_weaker_sign(given: Collection) -> None:
    partly, open_one = given.issued("75.00"), given.issued("75.00")
    given.transfer("5.00", partly.number)
    assert suggested(given, given.transfer("75.00", "thanks")) == [(open_one.number, 50), (partly.number, 30)]


def test_many_transfers_are_answered_at_once_each_with_its_own(given: Collection) -> None:
    first, second = given.issued("75.00"), given.issued("80.00")
    given.issued("75.00", currency="USD")
    keys = [given.transfer(amount, "thanks").bank_transaction_id for amount in ("75.00", "80.00", "7.00")]
    assert given.connection.execute(
        "select bank_transaction_id, invoice_number from billing.bank_suggestions(%s)", (keys,)
    ).fetchall() == [(keys[0], first.number), (keys[1], second.number)]
