from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.collection import Bill, Booked, Collection

PLACEHOLDERS = (
    *("N/A", "n.a.", "NA", "NOTPROVIDED", "NOT PROVIDED", "Not-Provided", "NONE", "NONREF", "NON REF", "NOTAVAILABLE"),
    *("0", "-", "0000000000", "000-000", "111111", "......", "Not specified", "nicht angegeben", "keine Angabe"),
    *("UNKNOWN", "NOTPROVIDED0", "EREF+", "RENT", "rent march", "A1", "12345", "", " "),
)
OURS = {"payer_iban": "DE89370400440532013000", "payer_name": "Customer One"}
OTHERS = {"payer_iban": "DE02120300000000202051", "payer_name": "Landlord Ltd"}


def paid(given: Collection, **fields: object) -> Bill:
    bill = given.issued("50.65")
    assert given.transfer("50.65", bill.number, on="2026-03-05", **fields).status == "matched"
    return bill


def debited(given: Collection, text: str = "Office rent March", *, on: str = "2026-03-09", **fields: object) -> Booked:
    return given.transfer("-50.65", text, on=on, **fields)


def test_a_placeholder_in_both_references_takes_nothing_back(given: Collection) -> None:
    bill = paid(given, **OURS)
    for text in PLACEHOLDERS:
        given.connection.execute("update billing.bank_transactions set end_to_end_id = %s where amount > 0", (text,))
        assert debited(given, **OTHERS, end_to_end_id=text).status == "ignored"
        assert debited(given, **OURS, end_to_end_id=text).status == "unmatched"
        assert debited(given, end_to_end_id=text, is_return=True).status == "unmatched"
    assert given.status(bill) == "paid"
    assert given.broken() == []


@pytest.mark.parametrize("party", ["NOTPROVIDED", "N/A.", "Unbekannt", "0000"])
def test_a_placeholder_is_no_party(given: Collection, party: str) -> None:
    fields = {"payer_name": party, "payer_iban": "0000000000", "end_to_end_id": "E2E-2026-77"}
    bill = paid(given, **fields)
    assert (debited(given, **fields).status, given.status(bill)) == ("unmatched", "paid")


@pytest.mark.parametrize("is_return", [True, False])
@pytest.mark.parametrize("field", [{"end_to_end_id": "E2E-2026-77"}, {}])
def test_another_counterparty_takes_nothing_back_whatever_else_agrees(
    given: Collection, field: dict[str, str], *, is_return: bool
) -> None:
    bill = paid(given, **OURS, **field)
    text = "rent" if field else bill.number
    debit = debited(given, text, **OTHERS, **field, is_return=is_return)
    assert (debit.status, given.status(bill)) == ("unmatched", "paid")


@pytest.mark.parametrize("name", ["Customer One", "CUSTOMER ONE."])
@pytest.mark.parametrize("by_number", [True, False])
def test_an_unmarked_debit_is_a_return_where_reference_amount_and_party_agree(
    given: Collection, name: str, *, by_number: bool
) -> None:
    field = {} if by_number else {"end_to_end_id": "E2E-2026-77"}
    bill = paid(given, payer_name="Customer One", **field)
    debit = debited(given, bill.number if by_number else "hosting", payer_name=name, **field)
    assert (debit.status, given.status(bill)) == ("returned", "issued")


def test_an_unmarked_debit_without_a_party_waits_for_a_person(given: Collection) -> None:
    bill = paid(given, end_to_end_id="E2E-2026-77")
    debit = debited(given, bill.number, end_to_end_id="E2E-2026-77")
    assert (debit.status, given.status(bill)) == ("unmatched", "paid")
    assert re.fullmatch(r"may take back payment \d+ of 2026-03-05, but is not marked as a return", debit.reason or "")


def test_a_marked_return_names_its_credit_by_reference_number_or_party(given: Collection) -> None:
    bill = given.issued("50.65")
    for fields in ({"end_to_end_id": "E2E-2026-77"}, {"payer_name": "Customer One"}, {"remittance": bill.number}):
        given.transfer("50.65", bill.number, on="2026-03-05", **fields)
        assert debited(given, "return", is_return=True, **fields).status == "returned"
        assert given.status(bill) == "issued"


def test_a_debit_never_takes_back_a_later_credit(given: Collection) -> None:
    bill = paid(given, **OURS, end_to_end_id="E2E-2026-77")
    debit = debited(given, bill.number, on="2026-03-04", **OURS, end_to_end_id="E2E-2026-77", is_return=True)
    assert (debit.status, given.status(bill)) == ("unmatched", "paid")


def test_a_name_that_the_bank_cut_contradicts_nothing(given: Collection) -> None:
    bill = paid(given, payer_name="Maschinenbau Gesellschaft Nordwest mbH", end_to_end_id="E2E-2026-77")
    cut = {"payer_name": "Maschinenbau Gesellschaft N", "end_to_end_id": "E2E-2026-77"}
    assert (debited(given, **cut, is_return=True).status, given.status(bill)) == ("returned", "issued")


def test_a_payment_that_is_taken_back_stands_no_longer(given: Collection) -> None:
    bill = given.issued("100.00")
    credit = given.transfer("100.00", bill.number)
    standing = "select count(*) from billing._standing_payments(%s)"
    assert given.value(standing, credit.bank_transaction_id) == 1
    given.transfer("-100.00", bill.number, is_return=True)
    assert given.value(standing, credit.bank_transaction_id) == 0


def test_money_that_is_back_already_is_not_taken_back_again(given: Collection) -> None:
    bill = paid(given, **OURS)
    statuses = [debited(given, bill.number, **OURS, is_return=True).status for _ in range(2)]
    assert statuses == ["returned", "unmatched"]
    assert given.value("select sum(amount)::text from billing.payment_reversals") == "50.65"
    assert given.broken() == []


@pytest.mark.parametrize("by_hand", [False, True])
def test_nobody_is_thanked_for_what_went_back_before_the_letter_left(given: Collection, *, by_hand: bool) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, on="2026-03-10", end_to_end_id="E-1")
    assert ("payment_received", "queued") in given.letters(bill)
    if by_hand:
        debit = given.transfer("-100.00", "return", on="2026-03-11", is_return=True)
        given.value(
            "select billing.assign_bank_transaction_to_payment(%s, max(payment_id), '2026-03-11') "
            "from billing.payments",
            debit.bank_transaction_id,
        )
    else:
        given.transfer("-100.00", bill.number, on="2026-03-11", is_return=True, end_to_end_id="E-1")
    assert given.outstanding(bill) == 100
    assert ("payment_received", "obsolete") in given.letters(bill)


def test_a_return_names_the_invoice_that_is_open_again(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, on="2026-03-10", end_to_end_id="E-1")
    debit = given.transfer("-100.00", bill.number, on="2026-03-11", is_return=True, end_to_end_id="E-1")
    assert debit.reason == f"takes back an earlier payment; {bill.number} was opened again"
