"""MT940: the library reads statement lines and balances, one field at a time, and this module puts its answers right.

With all its options on, it signs reversals as they move money. It is told the currency, corrected where a customer
reference is longer than its pattern, and kept from logging the field that it cannot read. Its patterns end an amount at
the first character that cannot belong to it, so amounts are checked before: 1.119,00 must not become 1.
"""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import mt940
from mt940.processors import date_fixup_pre_processor
from mt940.tags import StatementGLS
from stdnum import iban as iban_number

from orchestrator.bank.entries import Draft, Statement, iban_or_none
from orchestrator.bank.findings import balance_findings, repeat_findings
from orchestrator.bank.mt940_details import details_of
from orchestrator.bank.mt940_fields import statements_of
from orchestrator.bank.pages import Pages
from orchestrator.bank.references import lasting, may_name_invoice, reference_of
from orchestrator.bank.values import currency_code, decoded, refusal
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestrator.bank.mt940_fields import Field, Fields
    from orchestrator.bank.pages import Page

_GERMAN_ACCOUNT = re.compile(r"(\d{8})/(\d{1,10})")
_AMOUNT = r"\d{1,14},\d*"
_STATEMENT_LINE = re.compile(rf"\d{{6}}(?:\d{{4}}| {{4}})?R?[DC][A-Z]?[\n ]?{_AMOUNT}(?=[A-Z]|\s|$)")
_BALANCE = re.compile(rf"[DC]\d{{6}}[A-Z]{{3}}{_AMOUNT}\s*(?:\n|$)")
_RETURN_TYPES = frozenset({"NRTI", "SRTI", "FRTI"})
"""Type of transaction: returned item."""

_UNREADABLE = (RuntimeError, ValueError, ArithmeticError, TypeError)
"""What the library lets out for a field that it cannot read."""


def read_mt940(content: bytes, name: str) -> Statement:
    """Read every statement of the file; an entry belongs to its booking date."""
    text = decoded(content, name, "utf-8", "cp1252", "cp850")
    logging.getLogger("mt940").setLevel(logging.CRITICAL + 1)
    statements = statements_of(text, name)
    del content, text
    if not statements:
        raise BillingError(f"{name} looks like MT940, but no statement begins in it (:20:).")
    warnings: list[str] = []
    pages = Pages()
    for statement in statements:
        opening, closing, currency = _balances(statement, name)
        page = _page(pages, statement, opening)
        page.closing = closing
        movements = []
        for line, details in statement.entries():
            draft = _draft(line, details, page.account, currency, name)
            movements.append(draft.amount)
            page.add(draft)
        where = f"Statement {_statement_id(statement)}"
        warnings += balance_findings(where, opening=opening, closing=closing, movements=movements)
    return Statement(
        format="MT940",
        statement_id=" + ".join(_statement_id(statement) for statement in statements),
        entries=pages.entries(),
        warnings=(*warnings, *repeat_findings(pages.repeated())),
        pending_count=0,
    )


def _page(pages: Pages, statement: Fields, opening: Decimal) -> Page:
    """Find the statement that a page goes on with: the mark of an intermediate balance says so, or the balances."""
    field, first = statement.first("28C", "28"), statement.first("60F", "60M")
    value, tag, since = (field.value if field else ""), *((first.tag, first.value[1:7]) if first else ("", ""))
    number, _, page = value.partition("/")
    account = _account(statement)
    last = pages.last(account, number)
    if last is None or (tag == "60F" and last.closing != opening):
        page = page if last is None else ""
    elif not page.isdecimal() and tag == "60M":
        page = str((last.number or 1) + 1)
    return pages.page(
        account, number, int(page) if page.isdecimal() else None, name=f"{value} of {since}" if value else since
    )


def _statement_id(statement: Fields) -> str:
    parts = (statement.first(tag) for tag in ("20", "28C", "28"))
    return " ".join(part.value for part in parts if part is not None and part.value) or "without id"


def _account(statement: Fields) -> str | None:
    """A German bank code and account number make an IBAN, by which the other formats name the same account."""
    found = statement.first("25", "25P")
    if found is None or not found.value:
        return None
    value = "".join(found.lines[0].split())
    german = _GERMAN_ACCOUNT.match(value)
    if german:
        basic = german[1] + german[2].zfill(10)
        return f"DE{iban_number.calc_check_digits(f'DE00{basic}')}{basic}"
    if iban_number.is_valid(value, check_country=False):
        return value
    without_currency = value[:-3] if value[-3:].isalpha() else value
    return without_currency or None


def _balances(statement: Fields, name: str) -> tuple[Decimal, Decimal, str]:
    """Read both balances; a file that ends before the closing balance is not the whole statement."""
    opening, closing = statement.first("60F", "60M"), statement.first("62F", "62M")
    place = f"{name}, line {statement.line}"
    if opening is None:
        raise BillingError(f"{place}: this statement has no opening balance (:60F:).")
    if closing is None:
        raise BillingError(f"{place}: this statement has no closing balance (:62F:); the file is not complete.")
    first, last = (_read(field, mt940.tags.FinalOpeningBalance(), name) for field in (opening, closing))
    amounts = [balance["final_opening_balance"].amount for balance in (first, last)]
    if amounts[0].currency != amounts[1].currency:
        raise refusal(f"{name}, line {closing.line}", amounts[1].currency, "the currency of the opening balance")
    return amounts[0].amount, amounts[1].amount, currency_code(amounts[0].currency, f"{name}, line {opening.line}")


def _read(field: Field, tag: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 - the library is not typed
    context = mt940.models.Transactions(options=mt940.Options.all())
    what = "a statement line" if field.tag == "61" else "a balance"
    place = f"{name}, line {field.line}"
    exact = _STATEMENT_LINE if field.tag == "61" else _BALANCE
    if not exact.match(field.value):
        raise refusal(place, f":{field.tag}:{field.value}", f"{what} with an amount of digits and one comma")
    try:
        found = tag.parse(context, field.value)
        if isinstance(tag, StatementGLS):
            found = date_fixup_pre_processor(context, tag, found)
        return dict(tag(context, found))
    except _UNREADABLE:
        raise refusal(place, f":{field.tag}:{field.value}", what) from None


def _draft(line: Field, fields: list[Field], account: str | None, currency: str, name: str) -> Draft:
    found = _read(line.unwrapped(), StatementGLS(), name)
    details = details_of([text for field in fields for text in field.lines])
    value_on: date = found["date"]
    booked_on: date = found.get("entry_date") or value_on
    mark = str(found["status"]).upper()
    amount: Decimal = found["amount"].amount
    payer_iban = iban_or_none(found["customer_reference"])  # so writes ASN Bank
    customer_reference = None if payer_iban else found["customer_reference"]
    reference = reference_of(lasting(found["bank_reference"]), lasting(customer_reference))
    extra = None if iban_or_none(found["extra_details"]) else found["extra_details"]
    elsewhere = (customer_reference, extra, *(field.value for field in fields[1:]))
    also = tuple(text for text in elsewhere if text and (may_name_invoice(text) or (text is extra and not fields)))
    return Draft(
        account=account,
        reference=reference.text,
        first_version_reference=reference.placeholder,
        booked_on=_plain(booked_on),
        value_on=_plain(value_on),
        amount=amount,
        currency=currency,
        payer_name=details.payer_name,
        payer_iban=details.payer_iban or payer_iban or iban_or_none(found["extra_details"]),
        remittance=details.remittance,
        remittance_lines=details.remittance_lines,
        also=(*also, *details.also),
        creditor_reference=details.creditor_reference,
        end_to_end_id=details.end_to_end_id,
        is_return=mark.startswith("R") or details.is_return or found["id"] in _RETURN_TYPES,
        line=line.line,
    )


def _plain(day: date) -> date:
    return date(day.year, day.month, day.day)
