"""The journal as DATEV takes it in: a booking batch (EXTF, format version 13), one line a pair of accounts.

The pairs and their amounts are those of the view postings; here they are only written down. See
https://developer.datev.de/datev/platform/de/dtvf/formate/buchungsstapel.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from psycopg.rows import class_row

from orchestrator.errors import BillingError, translate_errors
from orchestrator.reports.export import settle_session

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    import psycopg

_COLUMNS = (
    *("Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz"),
    *("WKZ Basis-Umsatz", "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1"),
    *("Belegfeld 2", "Skonto", "Buchungstext", "Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank"),
    *("Sachverhalt", "Zinssperre", "Beleglink"),
    *(f"Beleginfo - {part} {number}" for number in range(1, 9) for part in ("Art", "Inhalt")),
    *("KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge", "EU-Land u. UStID (Bestimmung)"),
    *("EU-Steuersatz (Bestimmung)", "Abw. Versteuerungsart", "Sachverhalt L+L", "Funktionsergänzung L+L"),
    *("BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer", "BU 49 Funktionsergänzung"),
    *(f"Zusatzinformation{part} {number}" for number in range(1, 21) for part in (" - Art", "- Inhalt")),
    *("Stück", "Gewicht", "Zahlweise", "Forderungsart", "Veranlagungsjahr", "Zugeordnete Fälligkeit", "Skontotyp"),
    *("Auftragsnummer", "Buchungstyp", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)"),
    *("Sachverhalt L+L (Anzahlungen)", "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz"),
    *("Buchungs GUID", "KOST-Datum", "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername"),
    *("Beteiligtennummer", "Identifikationsnummer", "Zeichnernummer", "Postensperre bis"),
    *("Bezeichnung SoBil-Sachverhalt", "Kennzeichen SoBil-Buchung", "Festschreibung", "Leistungsdatum"),
    *("Datum Zuord. Steuerperiode", "Fälligkeit", "Generalumkehr (GU)", "Steuersatz", "Land", "Abrechnungsreferenz"),
    *("BVV-Position", "EU-Land u. UStID (Ursprung)", "EU-Steuersatz (Ursprung)", "Abw. Skontokonto"),
)
_LONGEST_DOCUMENT, _LONGEST_TEXT = 36, 60
_NOT_IN_A_DOCUMENT = re.compile(r"[^A-Za-z0-9$&%*+\-/]")
_SHORTEST_ACCOUNT = 4
_PERSONAL = ("receivables", "customer_credit")
"""Accounts that may be those of a customer."""
BASE_CURRENCY = "EUR"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """An amount that goes from one account to another."""

    booked_on: date
    document: str
    debit_account: str
    credit_account: str
    debit_ledger_account: str | None
    credit_ledger_account: str | None
    currency: str
    amount: Decimal
    text: str

    @property
    def accounts(self) -> tuple[tuple[str, str | None], ...]:
        """Both of them, by name and number."""
        return (
            (self.debit_account, self.debit_ledger_account),
            (self.credit_account, self.credit_ledger_account),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Whose books they are, and which days of them."""

    consultant_number: int
    client_number: int
    fiscal_year_start: date
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DatevFile:
    """A month's postings. Those in another currency than that of the books need a rate, which is the controller's."""

    batch: Batch
    postings: tuple[Posting, ...]
    left_out: int
    """How many are not in it, because DATEV knows no amounts of three decimals."""

    @property
    def without_rate(self) -> int:
        """How many are in another currency than EUR."""
        return sum(1 for each in self.postings if each.currency != BASE_CURRENCY)


def read_datev_file(connection: psycopg.Connection, first_day: date, *, as_of: date | None) -> DatevFile:
    """Read the postings of a month as they were on a date."""
    with translate_errors(), connection.transaction():
        settle_session(connection, as_of)
        with connection.cursor(row_factory=class_row(Batch)) as cursor:
            (batch,) = cursor.execute("select * from billing.datev_batch(%s)", (first_day,)).fetchall()
        with connection.cursor(row_factory=class_row(Posting)) as cursor:
            found = cursor.execute(
                """
                select
                    booked_on, document, debit_account, credit_account, debit_ledger_account, credit_ledger_account,
                    currency, amount, text
                from reporting.postings
                where period_start = %s
                order by booked_on, document collate "C", posting_id collate "C"
                """,
                (first_day,),
            ).fetchall()
    postings = tuple(each for each in found if each.amount == each.amount.quantize(_CENT))
    return DatevFile(batch=batch, postings=postings, left_out=len(found) - len(postings))


def datev_lines(file: DatevFile, *, made_at: datetime) -> Iterator[bytes]:
    """Yield the file line by line, in the code page that DATEV reads."""
    _require_ledger_accounts(file.postings)
    for line in (_header(file, made_at), ";".join(_COLUMNS), *map(_line, file.postings)):
        yield line.encode("cp1252", errors="replace") + b"\r\n"


def _require_ledger_accounts(postings: Iterable[Posting]) -> None:
    missing, wrong = set(), set()
    for each in postings:
        for account, number in each.accounts:
            if number is None:
                missing.add(account)
            elif not re.fullmatch(r"[0-9]{1,9}", number):
                wrong.add(f"{account} = {number!r}")
    if missing:
        raise BillingError(
            f"These accounts have no number in the ledger: {', '.join(sorted(missing))}. "
            "Give them one in [accounts] of company.toml and load it."
        )
    if wrong:
        raise BillingError(f"DATEV takes numbers of up to nine digits for accounts, not {', '.join(sorted(wrong))}.")


def _header(file: DatevFile, made_at: datetime) -> str:
    """Personal accounts, one digit longer than the others, do not tell how long accounts are."""
    accounts = [account for each in file.postings for account in each.accounts]
    length = max(
        (len(number) for name, number in accounts if number is not None and name not in _PERSONAL),
        default=_SHORTEST_ACCOUNT,
    )
    batch = file.batch
    label = f"pgbilling {batch.first_day:%Y-%m}"
    return ";".join(
        (
            *('"EXTF"', "700", "21", '"Buchungsstapel"', "13", f"{made_at:%Y%m%d%H%M%S}000", "", '"RE"'),
            *('""', '""', str(batch.consultant_number), str(batch.client_number), f"{batch.fiscal_year_start:%Y%m%d}"),
            *(str(length), f"{batch.first_day:%Y%m%d}", f"{batch.last_day:%Y%m%d}", _text(label), '""', "1", "0"),
            *("0", _text(BASE_CURRENCY), "", '""', "", "", '""', "", "", '""', '""'),
        )
    )


def _line(posting: Posting) -> str:
    document = _NOT_IN_A_DOCUMENT.sub("", posting.document)[:_LONGEST_DOCUMENT]
    cells = dict.fromkeys(_COLUMNS, "") | {
        "Umsatz (ohne Soll/Haben-Kz)": f"{posting.amount:.2f}".replace(".", ","),
        "Soll/Haben-Kennzeichen": _text("S"),
        "WKZ Umsatz": _text(posting.currency),
        "Konto": posting.debit_ledger_account or "",
        "Gegenkonto (ohne BU-Schlüssel)": posting.credit_ledger_account or "",
        "Belegdatum": f"{posting.booked_on:%d%m}",
        "Belegfeld 1": _text(document),
        "Buchungstext": _text(posting.text[:_LONGEST_TEXT]),
    }
    return ";".join(cells[column] for column in _COLUMNS)


def _text(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'
