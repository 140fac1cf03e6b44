"""Reads company.toml: the seller as text, the logo as bytes, what check digits say of the bank, dunning, accounts."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from stdnum import bic, iban

from orchestrator.errors import BillingError
from orchestrator.files.dunning import dunning_steps
from orchestrator.files.ledger import TABLES, ledger_table
from orchestrator.files.logo import read_logo
from orchestrator.files.source import text_problem

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = (
    "name",
    "address_line1",
    "postal_code",
    "city",
    "region",
    "country",
    "tax_registration_number",
    "email",
    "website",
    "iban",
    "bic",
    "bank_name",
    "billing_timezone",
    "payment_terms_days",
    "invoice_prefix",
    "logo",
)
_QUOTES = "\"'\u201c\u201d\u201e\u2018\u2019 "
_WHOLE_NUMBERS = ("payment_terms_days",)
_PLACE = re.compile(r"(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)", re.DOTALL)
_BARE_VALUE = re.compile(r"""\s*(?P<key>[\w.-]+)\s*[=:]\s*(?P<value>[^"'\[{\s].*?|"[^"]*|'[^']*)\s*(?:#.*)?""")


def read_company(path: Path) -> tuple[dict[str, object], list[str]]:
    """Return the fields as `billing.load_seller` wants them staged, and the keys nobody asked for."""
    found = _parsed(path)
    fields: dict[str, object] = {name: _text(path, name, found[name]) for name in FIELDS if name in found}
    fields = {name: value for name, value in fields.items() if value}
    if "iban" in fields:
        number = str(fields["iban"])
        fields["is_iban_valid"] = number.isascii() and iban.is_valid(number)
        fields["iban"] = iban.compact(number)
    if "bic" in fields:
        number = str(fields["bic"])
        fields["is_bic_valid"] = number.isascii() and bic.is_valid(number)
        fields["bic"] = bic.compact(number)
    if "logo" in fields:
        fields |= read_logo(path.parent / str(fields["logo"]))
    if "dunning" in found:
        fields["dunning"] = dunning_steps(path.name, found["dunning"])
    fields |= {table: ledger_table(path.name, table, found[table]) for table in TABLES if table in found}
    return fields, [key for key in found if key not in {*FIELDS, "dunning", *TABLES}]


def _parsed(path: Path) -> dict[str, object]:
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise BillingError(f"{path.name} is not UTF-8 text. Nothing was loaded.") from error
    except OSError as error:
        raise BillingError(f"{path.name} cannot be read: {error.strerror}. Nothing was loaded.") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BillingError(f"{path.name}:{_explained(str(error), text)} Nothing was loaded.") from error


def _explained(problem: str, text: str) -> str:
    """Say where TOML breaks off, and what is nearly always meant: a text without its quotation marks."""
    place = _PLACE.fullmatch(problem)
    lines = text.splitlines() or [""]
    number = min(int(place["line"]) if place and place["line"] else len(lines), len(lines))
    line = lines[number - 1]
    begin = f"{number}: {line.strip()[:80]!r}: expected"
    if bare := _BARE_VALUE.fullmatch(line):
        value = bare["value"].strip(_QUOTES)
        return f'{begin} quotation marks around a text, as {bare["key"]} = "{value[:80]}".'
    what = place["what"] if place else problem
    return f'{begin} TOML, such as country = "DE" ({what.rstrip(".")}).'


def _text(path: Path, name: str, value: object) -> str:
    """Only texts and whole numbers are wanted; a table or a date is a mistake that no field can hold."""
    if name in _WHOLE_NUMBERS and (isinstance(value, bool) or not isinstance(value, int)):
        raise BillingError(
            f"{path.name}: {name}: {value!r}: expected a whole number, without quotation marks. Nothing was loaded."
        )
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BillingError(f"{path.name}: {name}: {value!r}: expected a text. Nothing was loaded.")
    text = str(value).strip()
    if name == "country" and text.isascii():
        text = text.upper()
    if problem := text_problem(text):
        raise BillingError(f"{path.name}: {name}: expected {problem}. Nothing was loaded.")
    return text
