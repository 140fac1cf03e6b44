from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from orchestrator.errors import BillingError
from orchestrator.reports.datev import Batch, DatevFile, Posting, datev_lines

BATCH = Batch(
    consultant_number=29098,
    client_number=55003,
    fiscal_year_start=date(2026, 1, 1),
    first_day=date(2026, 2, 1),
    last_day=date(2026, 2, 28),
)
MADE_AT = datetime(2026, 3, 4, 12, 30, 5, tzinfo=UTC)


def posting(**fields: object) -> Posting:
    """A sale on account."""
    usual: dict[str, object] = {
        "booked_on": date(2026, 2, 1),
        "document": "INV-2026-01-0001",
        "debit_account": "receivables",
        "credit_account": "revenue_usage",
        "debit_ledger_account": "10001",
        "credit_ledger_account": "8400",
        "currency": "EUR",
        "amount": Decimal("1234.5"),
        "text": "Kölner Werke",
    }
    return Posting(**(usual | fields))  # type: ignore[arg-type]


def lines(*postings: Posting) -> list[list[str]]:
    file = DatevFile(batch=BATCH, postings=postings, left_out=0)
    written = b"".join(datev_lines(file, made_at=MADE_AT)).decode("cp1252")
    assert written.endswith("\r\n")
    return [line.split(";") for line in written.removesuffix("\r\n").split("\r\n")]


def test_the_header_says_whose_books_and_which_days_they_are() -> None:
    header, _ = lines()
    assert ";".join(header) == (
        '"EXTF";700;21;"Buchungsstapel";13;20260304123005000;;"RE";"";"";29098;55003;20260101;4;20260201;20260228;'
        '"pgbilling 2026-02";"";1;0;0;"EUR";;"";;;"";;;"";""'
    )


def test_a_posting_is_a_line_of_125_cells() -> None:
    _, names, line = lines(posting())
    assert (len(names), len(line), len(set(names))) == (125, 125, 125)
    told = {name: cell for name, cell in zip(names, line, strict=True) if cell}
    assert told == {
        "Umsatz (ohne Soll/Haben-Kz)": "1234,50",
        "Soll/Haben-Kennzeichen": '"S"',
        "WKZ Umsatz": '"EUR"',
        "Konto": "10001",
        "Gegenkonto (ohne BU-Schlüssel)": "8400",
        "Belegdatum": "0102",
        "Belegfeld 1": '"INV-2026-01-0001"',
        "Buchungstext": '"Kölner Werke"',
    }


def test_texts_are_quoted_cut_and_of_the_letters_that_datev_takes() -> None:
    _, names, line = lines(posting(text='the "big" one 東 ' + "x" * 80, document="payment 17 of #4"))
    cells = dict(zip(names, line, strict=True))
    assert cells["Buchungstext"] == '"the ""big"" one ? ' + "x" * 44 + '"'
    assert cells["Belegfeld 1"] == '"payment17of4"'


@pytest.mark.parametrize(("debit", "credit", "length"), [("10001", "8400", "4"), ("100001", "84000", "5")])
def test_accounts_of_customers_are_a_digit_longer_than_the_others(debit: str, credit: str, length: str) -> None:
    assert lines(posting(debit_ledger_account=debit, credit_ledger_account=credit))[0][13] == length


def test_an_account_without_a_number_is_named() -> None:
    with pytest.raises(BillingError, match=r"no number in the ledger: revenue_usage, tax_DE_0\.19"):
        lines(posting(credit_ledger_account=None), posting(credit_account="tax_DE_0.19", credit_ledger_account=None))


@pytest.mark.parametrize("number", ["84 00", "abc", "1234567890", ""])
def test_a_number_that_datev_does_not_take_is_refused(number: str) -> None:
    with pytest.raises(BillingError, match="up to nine digits"):
        lines(posting(credit_ledger_account=number))


def test_another_currency_is_said_to_need_a_rate() -> None:
    file = DatevFile(batch=BATCH, postings=(posting(), posting(currency="USD")), left_out=0)
    assert file.without_rate == 1
    *_, dollars = b"".join(datev_lines(file, made_at=MADE_AT)).decode("cp1252").split("\r\n")[:-1]
    assert dollars.startswith('1234,50;"S";"USD";;;;10001;8400;')
