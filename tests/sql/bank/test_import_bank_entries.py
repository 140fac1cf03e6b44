from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.collection import Collection


@pytest.mark.parametrize(
    "text",
    [
        "{0}",
        "payment for {0} thanks",
        "inv 2026 02 0001",
        "INV/2026/02/0001 ACME",
        "INV2026020001",
        "INV-2026-\n02-00\n01",
        "Rechnung Nr.INV_2026_02_0001vom 01.03.",
        "INV-2026-02-0001 2026-03-01",
        "RINV INV-2026-02-0001",
        "INV NO. 2026-02-0001",
        "inv nr 2026/02/0001",
    ],
)
def test_a_number_is_found_whatever_became_of_it(given: Collection, text: str) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("100.00", text.format(bill.number))
    assert (booked.status, booked.reason, booked.applied) == ("matched", None, 100)
    assert given.status(bill) == "paid"
    assert given.broken() == []


@pytest.mark.parametrize("field", ["end_to_end_id", "creditor_reference"])
def test_a_number_is_found_in_the_structured_references(given: Collection, field: str) -> None:
    given.issued("100.00")
    assert given.transfer("100.00", "thanks", **{field: "RF18INV2026020001"}).status == "matched"


def test_two_fields_never_grow_into_one_number(given: Collection) -> None:
    given.issued("100.00")
    assert given.transfer("100.00", "INV-2026-02-0", end_to_end_id="001").reason == "no reference"


def test_the_longest_number_that_exists_is_meant(given: Collection) -> None:
    given.connection.execute("insert into billing.document_series values ('INV-2026-02', 9998)")
    four, five = given.issued("40.00"), given.issued("50.00")
    assert [four.number, five.number] == ["INV-2026-02-9999", "INV-2026-02-10000"]
    given.transfer("50.00", "INV-2026-02-10000")
    given.transfer("40.00", "INV-2026-02-9999 7")
    assert [given.status(four), given.status(five)] == ["paid", "paid"]


def test_less_than_owed_is_partial(given: Collection) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("60.00", bill.number)
    assert (booked.status, booked.reason) == ("partial", "40.00 of INV-2026-02-0001 left open")
    assert (given.status(bill), given.outstanding(bill)) == ("issued", 40)


def test_more_than_owed_is_credit_balance(given: Collection) -> None:
    bill = given.issued("19.11")
    booked = given.transfer("29.11", bill.number)
    assert (booked.status, booked.applied) == ("overpaid", Decimal("19.11"))
    assert given.balance(bill.customer) == 10


def test_where_a_surplus_went_is_said(given: Collection) -> None:
    older = given.issued("30.00")
    newer = given.billed(older.customer, period="2026-03", on="2026-04-01")
    third = given.billed(older.customer, period="2026-04", on="2026-05-01")
    part = given.transfer("40.00", newer.number, on="2026-05-05")
    assert part.reason == f"10.00 more than owed, 10.00 pays {older.number}"
    rest = given.transfer("60.00", third.number, on="2026-05-05")
    assert rest.reason == f"30.00 more than owed, 20.00 pays {older.number}, 10.00 became credit balance"
    again = given.transfer("7.00", third.number, on="2026-05-06")
    assert again.reason == "7.00 more than owed, which became credit balance"


def test_several_numbers_are_paid_in_the_order_given(given: Collection) -> None:
    first = given.issued("100.00")
    second = given.billed(first.customer, period="2026-03", on="2026-04-01")
    booked = given.transfer("150.00", f"{second.number}, {first.number}", on="2026-04-05")
    assert booked.status == "partial"
    assert [given.outstanding(second), given.outstanding(first)] == [0, 50]
    assert given.value("select count(*) from billing.payments") == 1


def test_a_transfer_for_two_customers_is_a_payment_of_each(given: Collection) -> None:
    first, second = given.issued("30.00"), given.issued("50.00")
    booked = given.transfer("90.00", f"{first.number} {second.number}")
    assert (booked.status, booked.applied) == ("overpaid", 80)
    assert [given.balance(first.customer), given.balance(second.customer)] == [10, 0]
    assert given.value("select array_agg(amount order by payment_id)::text from billing.payments") == "{40.00,50.00}"
    assert given.broken() == []


def test_a_customer_whose_share_is_nothing_gets_no_payment(given: Collection) -> None:
    first, second = given.issued("30.00"), given.issued("50.00")
    given.transfer("30.00", f"{first.number} {second.number}")
    assert given.value("select count(*) from billing.payments") == 1


def concern(given: Collection, amount: str, text: str, mark: str = "print") -> object:
    entry = {"fingerprint": mark, "booked_on": "2026-10-05", "amount": amount, "currency": "EUR", "remittance": text}
    return given.value("select concern from billing.import_bank_entries('a statement', %s)", Jsonb([entry]))


@pytest.mark.parametrize(
    ("amount", "is_told"), [("93.73", False), ("187.47", False), ("937.35", False), ("937.36", True)]
)
def test_an_entry_far_above_what_is_due_is_booked_and_named_once(
    given: Collection,
    amount: str,
    is_told: bool,  # noqa: FBT001
) -> None:
    bill = given.issued("187.47")
    said = f"{amount} EUR is far above what was due (187.47)" if is_told else None
    assert [concern(given, amount, bill.number) for _ in range(2)] == [said, None]
    assert given.balance(bill.customer) == max(Decimal(0), Decimal(amount) - Decimal("187.47"))


def test_what_pays_all_that_is_open_or_was_paid_before_is_not_far_above(given: Collection) -> None:
    bill = given.issued("100.00")
    for month in range(3, 9):
        given.billed(bill.customer, period=f"2026-{month:02}", on="2026-10-01")
    said = [concern(given, amount, bill.number, f"print-{amount}") for amount in ("800", "500", "501")]
    assert said == [None, None, "501.00 EUR is far above what was due (0.00)"]


def test_a_paid_invoice_paid_again_is_credit_balance(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number)
    assert given.transfer("100.00", bill.number).status == "overpaid"
    assert given.balance(bill.customer) == 100


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("thanks", "no reference"),
        ("INV-2026-02-9999", "no such invoice INV-2026-02-9999"),
        ("INV-2026-13-0001", "no reference"),
        ("CN-2026-02-0001", "no reference"),
    ],
)
def test_what_names_no_invoice_waits(given: Collection, text: str, reason: str) -> None:
    given.issued("100.00")
    booked = given.transfer("100.00", text)
    assert (booked.status, booked.reason, booked.applied) == ("unmatched", reason, 0)
    assert given.broken() == []


def test_a_void_invoice_takes_nothing(given: Collection) -> None:
    bill = given.issued("100.00")
    given.void(given.invoice(bill.customer))
    assert given.transfer("100.00", bill.number).reason == f"invoice {bill.number} is void"


def test_another_currency_pays_nothing(given: Collection) -> None:
    bill = given.issued("100.00")
    reason = str(given.transfer("100.00", bill.number, currency="USD").reason)
    assert reason.startswith(
        f"invoice {bill.number} is in EUR, the entry in USD (send it back, or book what it is worth"
    )


def test_an_unknown_number_beside_a_known_one_is_reported(given: Collection) -> None:
    bill = given.issued("100.00")
    booked = given.transfer("100.00", f"INV-2026-02-9999 {bill.number}")
    assert (booked.status, booked.reason) == ("matched", "no such invoice INV-2026-02-9999")


def test_the_same_entry_again_is_booked_once(given: Collection) -> None:
    bill = given.issued("100.00")
    first = given.transfer("60.00", bill.number, fingerprint="same")
    again = given.transfer("60.00", bill.number, fingerprint="same")
    assert (again.bank_transaction_id, again.is_new) == (first.bank_transaction_id, False)
    assert (again.status, again.applied) == ("partial", 60)
    assert given.outstanding(bill) == 40


def test_an_overlapping_statement_books_only_what_is_new(given: Collection) -> None:
    bill = given.issued("100.00")
    old = {"fingerprint": "a", "booked_on": "2026-03-10", "amount": "60", "currency": "EUR", "remittance": bill.number}
    given.statement(old)
    booked = given.statement(old, old | {"fingerprint": "b", "amount": "40"})
    assert [entry.is_new for entry in booked] == [False, True]
    assert given.status(bill) == "paid"


def test_the_day_of_payment_is_the_day_of_booking(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, on="2026-03-10")
    assert str(given.invoice(bill.customer).paid_on) == "2026-03-10"


def test_the_customer_is_thanked_for_each_invoice(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("110.00", bill.number)
    amounts = given.value(
        "select array_agg(details ->> 'paid_amount') from billing.emails where template = 'payment_received'"
    )
    assert amounts == ["110.00"]


def test_a_returned_transfer_opens_its_invoice_again(given: Collection) -> None:
    bill = given.issued("100.00")
    credit = given.transfer("100.00", bill.number, end_to_end_id="E2E-2026-1")
    debit = given.transfer("-100.00", "return", on="2026-03-14", end_to_end_id="E2E-2026-1", is_return=True)
    assert debit.status == "returned"
    assert (given.status(bill), given.outstanding(bill)) == ("issued", 100)
    assert given.dunning(bill) == ("issued", 3, "2026-04-03")
    assert (
        given.value(
            "select status from billing.bank_transactions where bank_transaction_id = %s", credit.bank_transaction_id
        )
        == "returned"
    )
    assert given.broken() == []


def test_a_return_takes_back_a_payment_of_two_customers(given: Collection) -> None:
    first, second = given.issued("30.00"), given.issued("50.00")
    given.transfer("80.00", f"{first.number} {second.number}", payer_iban="DE1")
    assert given.transfer("-80.00", "", on="2026-03-14", payer_iban="DE1", is_return=True).status == "returned"
    assert [given.outstanding(first), given.outstanding(second)] == [30, 50]
    assert given.broken() == []


def test_a_payment_goes_back_once(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, payer_iban="DE1")
    given.transfer("-100.00", bill.number, payer_iban="DE1", on="2026-03-14")
    assert given.transfer("-100.00", bill.number, payer_iban="DE1", on="2026-03-15").status == "ignored"


def test_a_return_of_nothing_known_waits_for_a_person(given: Collection) -> None:
    assert given.transfer("-100.00", "return", is_return=True).reason == "returns a payment that is not known"


def test_other_debits_are_not_ours(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, payer_name="A customer")
    booked = given.transfer("-100.00", "rent", on="2026-03-14", payer_name="The landlord")
    assert (booked.status, booked.reason) == ("ignored", "not a customer's payment")
    assert given.status(bill) == "paid"


def test_a_payer_of_another_script_is_not_every_payer(given: Collection) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, payer_name="Иванов и сыновья")
    booked = given.transfer("-100.00", "office rent", on="2026-03-14", payer_name="Ελληνική Εταιρεία", is_return=True)
    assert (booked.status, given.status(bill)) == ("unmatched", "paid")


@pytest.mark.parametrize(
    ("paid_by", "returned_by"),
    [
        ("Иванов и сыновья", "ИВАНОВ И СЫНОВЬЯ"),
        ("株式会社日本電気", "株式会社 日本電気"),
        ("ACME GmbH", "Acme GmbH."),
        ("ACME", "ACME"),
    ],
)
def test_a_return_is_recognised_by_the_name_of_the_payer(given: Collection, paid_by: str, returned_by: str) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, payer_name=paid_by)
    debit = given.transfer("-100.00", "", on="2026-03-14", payer_name=returned_by, is_return=True)
    assert (debit.status, given.status(bill)) == ("returned", "issued")


@pytest.mark.parametrize("name", ["AB", "!!!!", ""])
def test_a_name_of_next_to_nothing_names_nobody(given: Collection, name: str) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, payer_name=name)
    given.transfer("-100.00", "", on="2026-03-14", payer_name=name, is_return=True)
    assert given.status(bill) == "paid"


@pytest.mark.parametrize("payer", [{"payer_iban": "DE1"}, {"payer_name": "ACME GmbH"}])
def test_a_debit_of_a_payer_without_a_mark_of_return_waits_for_a_person(
    given: Collection, payer: dict[str, str]
) -> None:
    bill = given.issued("100.00")
    given.transfer("100.00", bill.number, **payer)
    debit = given.transfer("-100.00", "Invoice 77 hosting", on="2026-05-06", **payer)
    assert (debit.status, given.status(bill)) == ("unmatched", "paid")
    assert re.fullmatch(r"may take back payment \d+ of 2026-03-10, but is not marked as a return", debit.reason or "")
    assert given.broken() == []


ACCOUNTS = ("DE02120300000000202051", "DE89370400440532013000")


def at_two_banks(given: Collection, amount: str = "40.00") -> list[dict[str, object]]:
    bill = given.issued("100.00")
    entry: dict[str, object] = {
        "fingerprint": "same",
        "booked_on": "2026-03-10",
        "amount": amount,
        "currency": "EUR",
    }
    return [entry | {"account_iban": account, "remittance": bill.number} for account in ACCOUNTS]


def test_one_reference_of_two_banks_is_two_entries(given: Collection) -> None:
    entries = at_two_banks(given)
    assert [booked.is_new for booked in given.statement(*entries)] == [True, True]
    again = given.statement(*reversed(entries))
    assert [(booked.is_new, booked.applied) for booked in again] == [(False, 40), (False, 40)]
    assert given.value("select sum(amount) from billing.payments") == 80


def test_a_second_bank_is_told_apart_in_a_later_statement_too(given: Collection) -> None:
    first, second = at_two_banks(given)
    assert [given.statement(entry)[0].is_new for entry in (first, second, second, first)] == [True, True, False, False]


@pytest.mark.parametrize("known_first", [True, False])
def test_a_statement_that_does_not_name_its_account_is_the_same_one(given: Collection, *, known_first: bool) -> None:
    known, _ = at_two_banks(given)
    unknown = known | {"account_iban": None}
    entries = (known, unknown) if known_first else (unknown, known)
    assert [given.statement(entry)[0].is_new for entry in entries] == [True, False]


def test_entries_are_matched_in_the_order_of_the_statement(given: Collection) -> None:
    bill = given.issued("100.00")
    entry = {"booked_on": "2026-03-10", "currency": "EUR", "remittance": bill.number}
    amounts = {"c": "60", "a": "40", "b": "1"}
    booked = given.statement(*(entry | {"fingerprint": mark, "amount": amount} for mark, amount in amounts.items()))
    assert [one.status for one in booked] == ["partial", "matched", "overpaid"]


def test_entries_are_inserted_in_the_order_of_their_fingerprints(given: Collection) -> None:
    entries = [
        {"fingerprint": mark, "booked_on": "2026-03-10", "amount": "1", "currency": "EUR"} for mark in ("c", "a", "b")
    ]
    given.value("select count(*) from billing._store_bank_entries('a statement', %s)", Jsonb(entries))
    query = "select array_agg(fingerprint order by {}) from billing.bank_transactions"
    assert given.value(query.format("bank_transaction_id")) == ["c", "a", "b"]
    assert given.value(query.format("ctid")) == ["a", "b", "c"]


def test_an_entry_without_money_is_ignored(given: Collection) -> None:
    assert given.transfer("0.00", "closing of the quarter").status == "ignored"


@pytest.mark.parametrize(
    ("amount", "currency", "message"),
    [
        ("1.005", "EUR", "the entry in a statement, line 7 has an amount that cannot be: 1.005 EUR"),
        ("1.5", "JPY", "the entry in a statement, line 7 has an amount that cannot be: 1.5 JPY"),
        ("1.00", "DEM", "the entry in a statement, line 7 has an unknown currency: DEM"),
    ],
)
def test_amounts_that_cannot_be_are_refused_by_their_line_with_the_whole_statement(
    given: Collection, amount: str, currency: str, message: str
) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue, match=message):
        given.transfer(amount, "x", currency=currency, line=7)


def test_two_account_numbers_are_two_accounts_and_a_number_may_be_an_iban(given: Collection) -> None:
    first, second = ({"fingerprint": "same", "account_number": number} for number in ("60161331926819", "926820"))
    iban = {"fingerprint": "same", "account_iban": ACCOUNTS[0]}
    new = [given.transfer("1.00", "thanks", **fields).is_new for fields in (first, second, first, second, iban)]
    assert new == [True, True, False, False, False]


def test_an_entry_twice_in_one_piece_is_new_once(given: Collection) -> None:
    entry = {"fingerprint": "a", "booked_on": "2026-03-10", "amount": "60", "currency": "EUR"}
    assert [booked.is_new for booked in given.statement(entry, entry)] == [True, False]


@pytest.mark.parametrize(
    ("known", "again", "is_said"),
    [
        ({"statement_id": "A1"}, {"statement_id": "A2"}, True),
        ({"statement_id": "A1"}, {"statement_id": "A1"}, False),
        ({"statement_id": "A1", "entry_id": "B7"}, {"statement_id": "A2", "entry_id": "B7"}, False),
        ({}, {"statement_id": "A2"}, False),
        ({"statement_id": "A1"}, {}, False),
    ],
)
def test_a_known_entry_without_reference_in_another_statement_is_said(
    given: Collection, known: dict[str, str], again: dict[str, str], *, is_said: bool
) -> None:
    given.transfer("50.00", "TOPUP", fingerprint="same", **known)
    entry = {"fingerprint": "same", "booked_on": "2026-03-10", "amount": "50.00", "currency": "EUR", **again}
    said = given.value("select is_of_another_statement from billing.import_bank_entries('later', %s)", Jsonb([entry]))
    assert said is is_said


def test_a_return_in_the_piece_of_its_payment_finds_it(given: Collection) -> None:
    bill = given.issued("100.00")
    entry = {"booked_on": "2026-03-10", "currency": "EUR", "payer_name": "Customer One", "remittance": bill.number}
    booked = given.statement(
        entry | {"fingerprint": "a", "amount": "100"}, entry | {"fingerprint": "b", "amount": "-100", "is_return": True}
    )
    assert ([one.status for one in booked], given.status(bill)) == (["returned", "returned"], "issued")


def test_a_payment_ends_dunning(given: Collection) -> None:
    bill = given.issued("100.00")
    assert given.advance("2026-04-03") == (1, 0)
    given.transfer("100.00", bill.number, on="2026-04-03")
    assert given.dunning(bill) == ("paid", None, None)
    assert ("reminder", "obsolete") in given.letters(bill)
