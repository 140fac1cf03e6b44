from __future__ import annotations

import logging
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.bank import BankEntry, Statement
    from tests.orchestrator.bank.conftest import ReadText


def statement(
    *lines: str, closing: str = "C260310EUR0,00", account: str = "DE02120300000000202051", ends: bool = True
) -> str:
    head = (":20:REF", f":25:{account}", ":28C:1/1", ":60F:C260309EUR0,00")
    return "\n".join((*head, *lines, *((f":62F:{closing}", "-") if ends else ()), ""))


def only_entry(read: ReadText, *lines: str, account: str = "DE02120300000000202051") -> BankEntry:
    (entry,) = read(statement(*lines, account=account)).entries
    return entry


def test_sparkasse_folds_references_and_pads_every_return_reason(sample: Callable[[str], Statement]) -> None:
    paid, twice, returned = sample("sparkasse.sta").entries
    assert paid.remittance == "Rechnung INV-2026-02-0047 vielen Dank"
    assert paid.remittance_lines == ("EREF+NOTPROVIDED", "SVWZ+Rechnung INV-2026-02-0", "047 vielen Dank")
    assert (paid.payer_name, paid.payer_iban) == ("Müller & Söhne Maschinenbau GmbH", "DE89370400440532013000")
    assert (paid.account_iban, paid.end_to_end_id) == ("DE02120300000000202051", None)
    assert twice.remittance == "INV-2026-02-0048 , INV/2026/02/0049 bezahlt?2026? Gruss"
    assert twice.end_to_end_id == "RE 4711 ZAHLUNG KUNDE 1234 5"
    assert [entry.is_return for entry in (paid, twice, returned)] == [False, False, True]
    assert (returned.amount, returned.payer_name) == (Decimal("-119.00"), "Größe AG")


def test_a_text_after_the_closing_balance_belongs_to_no_entry(sample: Callable[[str], Statement]) -> None:
    assert not any("Quartal" in entry.remittance for entry in sample("sparkasse.sta").entries)


def test_dkb_dates_run_past_february_and_a_number_behind_any_keyword_is_kept(
    sample: Callable[[str], Statement],
) -> None:
    first, second, fee = sample("dkb.mt940").entries
    assert [first.entry_id, second.entry_id, fee.entry_id] == ["20260131-0001", "20260131-0002", None]
    assert "INV2026010054" in first.remittance
    assert (fee.booked_on, fee.value_on, fee.amount) == (date(2026, 1, 31), date(2026, 2, 28), Decimal("-12.50"))


def test_ing_names_the_counterparty_in_one_code_word_and_keeps_slashes_of_the_reference(
    sample: Callable[[str], Statement],
) -> None:
    paid, charged, returned, structured = sample("ing.940").entries
    assert paid.remittance == "INV/2026/02/0084 EN INV/2026/02/0085"
    assert (paid.payer_name, paid.payer_iban) == ("ING BANK NV INZAKE WEB", "NL32INGB0000012345")
    assert (paid.entry_id, paid.end_to_end_id) == ("26031000000001", "EV12341REP1231456T1234")
    assert (charged.amount, charged.remittance) == (Decimal("-1.57"), "TOTAAL 1 VZ")
    assert (returned.amount, returned.is_return) == (Decimal("1.57"), True)
    assert structured.creditor_reference == "RF18539007547034"
    assert structured.account_iban == "NL20INGB0001234567"


def test_rabobank_writes_the_account_below_the_line_and_reverses_with_rc(sample: Callable[[str], Statement]) -> None:
    paid, reversed_credit, fee = sample("rabobank.swi").entries
    assert (paid.payer_name, paid.payer_iban) == ("Bakkerij de Vries", "NL32INGB0000012345")
    assert paid.remittance == "INV-2026-02-0047 namens Bakkerij de Vries en Zonen"
    assert (paid.amount, paid.end_to_end_id) == (Decimal("65.00"), "2026-INV-0047")
    assert (reversed_credit.amount, reversed_credit.is_return) == (Decimal("-10.00"), True)
    assert (fee.amount, fee.payer_name) == (Decimal("-5.50"), "Rabobank")


def test_abn_amro_puts_several_statements_into_a_file_each_with_its_own_balances(
    sample: Callable[[str], Statement],
) -> None:
    read = sample("abn_amro.sta")
    assert read.statement_id == "ABN AMRO BANK NV 19321/1 + ABN AMRO BANK NV 19322/1"
    assert read.warnings == ()
    assert [entry.booked_on.day for entry in read.entries] == [10, 10, 11]
    assert read.entries[0].remittance == "BETREFT FACTUUR INV-2026-02-0061"
    assert read.entries[1].remittance == "GEA NR:00AB123 10.03.26/12.54 UTRECHT CENTRAAL"


def test_deutsche_bank_wraps_in_swift_blocks_and_has_long_customer_references(
    sample: Callable[[str], Statement],
) -> None:
    paid, returned = sample("deutsche_bank.sta").entries
    assert (paid.entry_id, paid.amount) == ("26069BANK0001", Decimal("1234.56"))
    assert paid.creditor_reference == "RF18539007547034"
    assert (paid.payer_name, paid.end_to_end_id) == ("Acme Europe Holding SE", "2026-03-10/77")
    assert paid.account_iban == "DE76500700100000123456"
    assert (returned.entry_id, returned.amount, returned.is_return) == ("26069BANK0002", Decimal("20.00"), True)


@pytest.mark.parametrize(
    "name", ["abn_amro.sta", "deutsche_bank.sta", "dkb.mt940", "ing.940", "rabobank.swi", "sparkasse.sta"]
)
def test_the_balances_of_every_dialect_fit(sample: Callable[[str], Statement], name: str) -> None:
    assert sample(name).warnings == ()


@pytest.mark.parametrize(
    ("mark", "amount", "is_return"),
    [("C", "10.5", False), ("D", "-10.5", False), ("RC", "-10.5", True), ("RD", "10.5", True), ("CR", "10.5", False)],
)
def test_marks_sign_the_amount_as_the_money_moves(read: ReadText, mark: str, amount: str, is_return: bool) -> None:  # noqa: FBT001
    entry = only_entry(read, f":61:2603100310{mark}10,5NTRFNONREF")
    assert (entry.amount, entry.is_return, entry.currency) == (Decimal(amount), is_return, "EUR")


@pytest.mark.parametrize(
    ("line", "booked_on", "value_on"),
    [
        (":61:2601020331C1,NTRFX", date(2026, 3, 31), date(2026, 1, 2)),
        (":61:2601021231C1,NTRFX", date(2025, 12, 31), date(2026, 1, 2)),
        (":61:2512310102C1,NTRFX", date(2026, 1, 2), date(2025, 12, 31)),
        (":61:260310C1,NTRFX", date(2026, 3, 10), date(2026, 3, 10)),
    ],
)
def test_the_booking_date_finds_its_year(read: ReadText, line: str, booked_on: date, value_on: date) -> None:
    entry = only_entry(read, line)
    assert (entry.booked_on, entry.value_on) == (booked_on, value_on)
    assert type(entry.booked_on) is date


@pytest.mark.parametrize(
    ("references", "expected"),
    [
        ("NONREF//BANK7", "BANK7"),
        ("STMT00001", "STMT00001"),
        ("NONREF", None),
        ("KREF+//NONREF", None),
        ("EREF//000001", None),
        ("NL32INGB0000012345", None),
    ],
)
def test_the_banks_reference_goes_before_the_customers(read: ReadText, references: str, expected: str | None) -> None:
    assert only_entry(read, f":61:2603100310C1,NTRF{references}").entry_id == expected


@pytest.mark.parametrize(
    ("account", "iban"),
    [
        ("12030000/0000202051", "DE02120300000000202051"),
        ("12030000/202051EUR", "DE02120300000000202051"),
        ("DE02120300000000202051", "DE02120300000000202051"),
        ("NL20INGB0001234567EUR", "NL20INGB0001234567"),
        ("NL44RABO0123456789 EUR", "NL44RABO0123456789"),
        ("517852257", None),
    ],
)
def test_the_account_is_an_iban_where_it_says_enough(read: ReadText, account: str, iban: str | None) -> None:
    entry = only_entry(read, ":61:2603100310C1,NTRFX", account=account)
    assert entry.account_iban == iban


def test_an_entry_without_type_code_does_not_swallow_the_next(read: ReadText) -> None:
    assert len(read(statement(":61:260310C1,", ":61:260310C2,", ":86:INV-1")).entries) == 2


def test_a_difference_of_the_balances_is_a_warning(read: ReadText) -> None:
    (warning,) = read(statement(":61:2603100310C1,NTRFX", closing="C260310EUR2,00")).warnings
    assert warning == (
        "Statement REF 1/1: the opening balance 0.00 and 1 entries do not add up to the closing balance 2.00;"
        " the difference is 1.00."
    )


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([":61:2613100310C1,NTRFX"], "line 5: ':61:2613100310C1,NTRFX' is not a statement line"),
        ([":61:2603100310C1,2,3NTRFX"], "line 5: .* is not a statement line"),
        ([":61:2603100310CR1.119,00N166NONREF//Z1"], "line 5: .* with an amount of digits and one comma"),
        ([":61:2603100310CR1 119,00NTRFNONREF//Z2"], "line 5: .* with an amount of digits and one comma"),
        ([":61:2603100310CR1'119,00NTRFNONREF//Z2"], "line 5: .* with an amount of digits and one comma"),
        ([":61:2603100310CR1E9,00N166NONREF"], "line 5: .* with an amount of digits and one comma"),
        ([":61:2603100310CR119.00NTRFNONREF//Z3"], "line 5: .* with an amount of digits and one comma"),
        ([":61:2603100310C119NTRFNONREF"], "line 5: .* with an amount of digits and one comma"),
        ([":61:2603100310X1,NTRFX"], "line 5: .* is not a statement line"),
        ([":61:2603100310C,NTRFX"], "line 5: .* is not a statement line"),
        ([":86:text", ":61:"], "line 6: .* is not a statement line"),
    ],
)
def test_a_line_that_cannot_be_read_refuses_the_file(read: ReadText, lines: list[str], message: str) -> None:
    with pytest.raises(BillingError, match=rf"statement\.txt, {message}"):
        read(statement(*lines))


@pytest.mark.parametrize(
    ("closing", "message"),
    [
        ("C261310EUR1,00", "is not a balance"),
        ("C260310USD0,00", "'USD' is not the currency"),
        ("X", "is not a balance"),
        ("C260310EUR1.000,00", "is not a balance with an amount of digits and one comma"),
    ],
)
def test_a_balance_that_cannot_be_read_refuses_the_file(read: ReadText, closing: str, message: str) -> None:
    with pytest.raises(BillingError, match=message):
        read(statement(closing=closing))


def test_a_file_that_ends_too_early_is_refused(read: ReadText) -> None:
    with pytest.raises(BillingError, match=r"line 1: .* has no closing balance .* not complete"):
        read(statement(":61:2603100310C1,NTRFX", ends=False))
    with pytest.raises(BillingError, match="no opening balance"):
        read(statement().replace(":60F:", ":64:"))


def test_a_field_that_cannot_be_read_is_not_logged(read: ReadText, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(BillingError):
        read(statement(":61:secret"))
    assert "secret" not in caplog.text


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_umlauts_survive_in_both_encodings(read: ReadText, encoding: str) -> None:
    text = statement(":61:2603100310C1,NTRFX", ":86:166?00G?20x?32Größe AG")
    assert read(text.encode(encoding)).entries[0].payer_name == "Größe AG"


def test_line_ends_of_every_system_are_read(read: ReadText) -> None:
    text = statement(":61:2603100310C1,NTRFX", ":86:INV-2026-02-0047")
    entries = read(text).entries
    assert read(text.replace("\n", "\r\n")).entries == entries
    assert read(text.replace("\n", "\r")).entries == entries


@pytest.mark.parametrize(
    "lines",
    [
        [":61:2603100310C25,00NTRFNONREF//B1", "INV-2026-02-0004"],
        [":61:2603100310C25,00NTRFNONREF//B1", "INV-2026-02-0004", ":86:166?00CREDIT?20thanks?32Customer One"],
        [":61:2603100310C25,00NTRFNONREF//B1", ":86:166?00CREDIT?20thanks?32Customer One", ":86:INV-2026-02-0004"],
    ],
)
def test_a_number_below_the_line_or_in_a_second_text_stands_in_the_text(read: ReadText, lines: list[str]) -> None:
    assert only_entry(read, *lines).remittance.removeprefix("thanks | Ref ") == "INV-2026-02-0004"


def test_words_below_the_line_are_the_text_where_there_is_no_other(read: ReadText) -> None:
    assert only_entry(read, ":61:2603100310C25,00NTRFNONREF//B1", "Rent of March").remittance == "Rent of March"
