from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.bank import Statement
    from tests.orchestrator.bank.conftest import ReadText

HEADER = "entry_id,booked_on,amount,currency,payer,reference\n"
ROW = "STMT1,2026-02-04,58.86,USD,Indigo Robotics Inc.,INV-2026-01-0004\n"


def test_our_own_columns_need_no_mapping(read: ReadText) -> None:
    (entry,) = read(HEADER + ROW).entries
    assert (entry.entry_id, entry.booked_on, entry.value_on) == ("STMT1", date(2026, 2, 4), date(2026, 2, 4))
    assert (entry.amount, entry.currency) == (Decimal("58.86"), "USD")
    assert (entry.payer_name, entry.remittance) == ("Indigo Robotics Inc.", "INV-2026-01-0004")


def test_a_mapping_reads_another_bank(sample: Callable[[str], Statement]) -> None:
    paid, debit, again = sample("sparkasse.csv").entries
    assert (paid.amount, paid.value_on) == (Decimal("1404.60"), date(2026, 3, 11))
    assert (paid.payer_name, paid.payer_iban) == ("Müller & Söhne", "DE89370400440532013000")
    assert paid.remittance_lines == ("Rechnung INV-2026-02-0047", "Danke")
    assert paid.account_iban == "DE02120300000000202051"
    assert (debit.amount, debit.payer_name) == (Decimal("-12.5"), "Kaya; Yildiz")
    assert (debit.ordinal, again.ordinal) == (1, 2)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(read: ReadText, delimiter: str) -> None:
    text = HEADER + ROW
    assert read(text.replace(",", delimiter)).entries == read(text).entries


def test_columns_stand_in_any_order_and_others_are_ignored(read: ReadText) -> None:
    text = "reference,note,currency,amount,booked_on\nINV-1,x,USD,5.00,2026-02-04\n"
    (entry,) = read(text).entries
    assert (entry.remittance, entry.entry_id, entry.payer_name) == ("INV-1", None, None)


def test_quotes_keep_delimiters_and_line_breaks_inside(read: ReadText) -> None:
    quoted = 'A,2026-02-04,5.00,USD,"Kaya, ""the"" first","INV-2026-\n01-0004"\n\nB,2026-02-04,x,USD,p,r\n'
    with pytest.raises(BillingError, match=r"line 5, column amount: 'x' is not an amount"):
        read(HEADER + quoted)
    (entry,) = read(HEADER + quoted.split("\n\n", maxsplit=1)[0]).entries
    assert (entry.payer_name, entry.remittance) == ('Kaya, "the" first', "INV-2026- 01-0004")


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("58.86", "58,86", "line 2: 7 cells, but the header names 6"),
        ("58.86", '"58,86"', "line 2, column amount: '58,86' is not an amount"),
        ("58.86", "", "line 2, column amount: '' is not an amount"),
        ("58.86", "1e3", "'1e3' is not an amount"),
        ("58.86", "Infinity", "'Infinity' is not an amount"),
        ("58.86", "٥٨", "is not an amount"),
        ("58.86", "1" * 19, "is not an amount"),
        ("2026-02-04", "2026-02-30", "column booked_on: '2026-02-30' is not a date"),
        ("2026-02-04", "04.02.2026", "is not a date"),
        ("USD", "usd", "column currency: 'usd' is not a currency code"),
        ("STMT1,", "", "line 2: 5 cells, but the header names 6"),
        ("INV-2026", '"INV-2026', "not valid CSV"),
        ("Indigo", "Ind\0igo", "zero bytes"),
    ],
)
def test_one_bad_cell_refuses_the_file_and_names_its_place(
    read: ReadText, right: str, wrong: str, message: str
) -> None:
    with pytest.raises(BillingError, match=message):
        read(HEADER + ROW.replace(right, wrong) + ROW)


def test_bytes_of_another_encoding_are_refused_with_their_line(read: ReadText) -> None:
    with pytest.raises(BillingError, match=r"statement\.txt, line 2: the bytes are not utf-8\."):
        read((HEADER + ROW.replace("Indigo", "Größe")).encode("cp1252"))


def test_a_header_that_names_a_column_twice_is_refused(read: ReadText) -> None:
    with pytest.raises(BillingError, match="names amount more than once"):
        read("booked_on,amount,amount,currency,reference\n")


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1.234,56", "1234.56"), ("-1.234.567,8", "-1234567.8"), ("12,5", "12.5"), ("+7", "7"), ("1234,56", "1234.56")],
)
def test_a_decimal_comma_is_read_as_such(read: ReadText, text: str, amount: str) -> None:
    row = f"A;2026-02-04;{text};USD;p;r\n"
    (entry,) = read(HEADER.replace(",", ";") + row, mapping='decimal_separator = ","').entries
    assert entry.amount == Decimal(amount)


def test_a_point_among_decimal_commas_is_not_guessed(read: ReadText) -> None:
    with pytest.raises(BillingError, match=r"'12\.50' is not an amount with a decimal comma"):
        read(HEADER.replace(",", ";") + "A;2026-02-04;12.50;USD;p;r\n", mapping='decimal_separator = ","')


def test_thousands_are_grouped_by_threes_or_refused(read: ReadText) -> None:
    (entry,) = read(HEADER + 'A,2026-02-04,"1,234.56",USD,p,r\n').entries
    assert entry.amount == Decimal("1234.56")
    with pytest.raises(BillingError, match=r"'12,34\.56' is not an amount"):
        read(HEADER + 'A,2026-02-04,"12,34.56",USD,p,r\n')


def test_a_currency_may_stand_in_the_mapping(read: ReadText) -> None:
    (entry,) = read("booked_on,amount,reference\n2026-02-04,5,r\n", mapping='currency = "EUR"').entries
    assert entry.currency == "EUR"


AMBIGUOUS = ("1,500", "1.500", "-12.345", "+999,999", "1,000")


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
@pytest.mark.parametrize("amount", AMBIGUOUS)
def test_three_digits_behind_one_separator_are_refused_where_nobody_named_it(
    read: ReadText, amount: str, currency: str
) -> None:
    text = HEADER.replace(",", ";") + f"A;2026-02-04;{amount};{currency};p;r\n"
    if currency == "KWD" and "." in amount:
        assert read(text).entries[0].amount == Decimal(amount)
        return
    with pytest.raises(BillingError, match=r"line 2, column amount: .* may mean thousands or decimals\. A mapping"):
        read(text)


@pytest.mark.parametrize("amount", AMBIGUOUS)
def test_a_mapping_that_names_the_separator_decides(read: ReadText, amount: str) -> None:
    text = HEADER.replace(",", ";") + f"A;2026-02-04;{amount};KWD;p;r\n"
    for separator in ",.":
        other = "." if separator == "," else ","
        (entry,) = read(text, mapping=f'decimal_separator = "{separator}"').entries
        assert entry.amount == Decimal(amount.replace(other, "").replace(separator, "."))


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0.500", "0.5"), ("1234.500", "1234.5"), ("1,234,567", "1234567"), ("1,234.50", "1234.5"), ("25.00", "25")],
)
def test_amounts_that_can_be_read_in_one_way_are_read(read: ReadText, text: str, amount: str) -> None:
    (entry,) = read(HEADER.replace(",", ";") + f"A;2026-02-04;{text};EUR;p;r\n").entries
    assert entry.amount == Decimal(amount)


@pytest.mark.parametrize("text", ["0,500", "1234,500", "29,68", "1.234,50"])
def test_a_comma_that_cannot_group_is_no_amount(read: ReadText, text: str) -> None:
    with pytest.raises(BillingError, match="is not an amount"):
        read(HEADER.replace(",", ";") + f"A;2026-02-04;{text};EUR;p;r\n")


def test_the_banks_reference_twice_in_a_file_counts_once_and_says_so(read: ReadText) -> None:
    found = read(HEADER + ROW + ROW)
    assert len(found.entries) == 1
    assert found.warnings == (
        "Entry STMT1 of 2026-02-04, 58.86 USD, stands in line 2 and again in line 3; it counts once.",
    )
    assert len(read(HEADER + ROW + ROW.replace("0004", "0005")).entries) == 2
    assert len(read(HEADER + ROW.replace("STMT1", "") * 2).entries) == 2


def test_a_header_alone_is_said(read: ReadText) -> None:
    assert read(HEADER).warnings == ("statement.txt has a header and no entries.",)
