from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from orchestrator.bank.entries import Draft, in_both, numbered, unfolded

DRAFT = Draft(
    account="DE02120300000000202051",
    reference=None,
    booked_on=date(2026, 3, 10),
    value_on=date(2026, 3, 11),
    amount=Decimal("100.00"),
    currency="EUR",
    payer_name="Müller & Söhne",
    payer_iban="DE89370400440532013000",
    remittance="INV-2026-02-0047",
)


def fingerprint(draft: Draft) -> str:
    return numbered([draft])[0].fingerprint


def test_two_equal_payments_stay_two_and_the_same_statement_again_stays_the_same() -> None:
    first, second = numbered([DRAFT, DRAFT])
    assert (first.ordinal, second.ordinal) == (1, 2)
    assert first.fingerprint != second.fingerprint
    assert numbered([DRAFT, DRAFT]) == (first, second)


def test_an_overlapping_statement_recognises_its_part_whatever_stands_around_it() -> None:
    other = replace(DRAFT, booked_on=date(2026, 3, 9), remittance="earlier")
    later = replace(DRAFT, booked_on=date(2026, 3, 12))
    whole = {entry.fingerprint for entry in numbered([other, DRAFT, DRAFT])}
    part = {entry.fingerprint for entry in numbered([DRAFT, later, DRAFT])}
    assert len(whole & part) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"booked_on": date(2026, 3, 11)},
        {"amount": Decimal("100.01")},
        {"amount": Decimal("-100.00")},
        {"currency": "USD"},
        {"payer_name": "Another"},
        {"payer_iban": None},
        {"remittance": "INV-2026-02-0048"},
        {"account": "DE89370400440532013000"},
        {"reference": "BANK-1"},
    ],
)
def test_whatever_differs_is_another_entry(change: dict[str, object]) -> None:
    assert fingerprint(replace(DRAFT, **change)) != fingerprint(DRAFT)  # type: ignore[arg-type] # fields by name


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal(100)},
        {"amount": Decimal("100.00000")},
        {"remittance": "INV-2026- 02-0047"},
        {"payer_name": "MÜLLER &SÖHNE"},
        {"value_on": date(2026, 3, 12)},
    ],
)
def test_how_the_bank_writes_or_folds_it_does_not_make_another_entry(change: dict[str, object]) -> None:
    assert fingerprint(replace(DRAFT, **change)) == fingerprint(DRAFT)  # type: ignore[arg-type] # fields by name


def test_with_a_reference_of_the_bank_the_format_of_the_statement_does_not_matter() -> None:
    known = replace(DRAFT, reference="BANK-1")
    assert fingerprint(known) == fingerprint(replace(known, account=None, payer_name=None, remittance="as CSV"))
    assert fingerprint(known) != fingerprint(replace(known, reference="BANK-2"))


def test_a_reference_that_the_bank_uses_again_on_another_day_is_another_entry() -> None:
    known = replace(DRAFT, reference="BANK-1")
    assert fingerprint(known) != fingerprint(replace(known, booked_on=date(2027, 3, 10)))


def test_an_entry_in_two_statements_of_a_file_is_found() -> None:
    entries = numbered([DRAFT, replace(DRAFT, amount=Decimal(5))])
    assert in_both([entries, entries[:1]]) == [entries[0]]
    assert in_both([entries]) == []
    here = replace(DRAFT, reference="R")
    assert in_both([numbered([here]), numbered([replace(here, account="DE89370400440532013000")])]) == []


def test_an_rf_reference_alone_in_the_text_is_a_creditor_reference() -> None:
    assert numbered([replace(DRAFT, remittance="RF18 5390 0754 7034")])[0].creditor_reference == "RF18539007547034"
    assert numbered([replace(DRAFT, remittance="RF19 5390 0754 7034")])[0].creditor_reference is None


def test_an_account_number_that_is_no_iban_is_none() -> None:
    assert numbered([replace(DRAFT, account="517852257")])[0].account_iban is None
    assert numbered([replace(DRAFT, account="de02 1203 0000 0000 2020 51")])[0].account_iban == DRAFT.account


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["PAYMENT FOR INV/2025/12/004", "0 ACME"], "PAYMENT FOR INV/2025/12/0040 ACME"),
        (["INV-2026-02-0047", "2026 was good"], "INV-2026-02-0047 2026 was good"),
        (["INV-2026-02-0047", ""], "INV-2026-02-0047"),
        (["  a ", " ", " b"], "a b"),
        ([], ""),
    ],
)
def test_a_full_line_goes_on_and_a_shorter_one_has_ended(lines: list[str], expected: str) -> None:
    assert unfolded(lines, widths=frozenset({27})) == expected
