"""CAMT.053, every version from 02 to 13: elements are found by their local names, which all versions share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.bank.camt_details import FOLD_WIDTHS, Details, details_of, is_return_code, signed
from orchestrator.bank.camt_xml import at, every, first_text, local_name, parsed, text
from orchestrator.bank.entries import Draft, Statement, lasting, numbered, reference_or_none, unfolded
from orchestrator.bank.findings import balance_findings, repeat_findings
from orchestrator.bank.values import currency_code, exact_amount, iso_day, refusal
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from datetime import date

    from lxml.etree import _Element

STATUSES = frozenset({"BOOK", "PDNG", "INFO", "FUTR"})
_OTHER_MESSAGES = {
    "BkToCstmrAcctRpt": "CAMT.052, a report within the day",
    "BkToCstmrDbtCdtNtfctn": "CAMT.054, a notice",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """What all transactions of one Ntry share."""

    account: str | None
    reference: str | None
    amount: Decimal
    currency: str
    booked_on: date
    value_on: date
    is_return: bool
    place: str


def read_camt(content: bytes, name: str) -> Statement:
    """Read every statement of the file."""
    message = _message(parsed(content, name), name)
    statements = list(every(message, "Stmt"))
    if not statements:
        raise BillingError(f"{name} is a CAMT.053 file without a statement (Stmt).")
    warnings: list[str] = []
    pending = 0
    read = []
    for statement in statements:
        booked = [entry for entry in every(statement, "Ntry") if _status(entry, name) == "BOOK"]
        pending += len(list(every(statement, "Ntry"))) - len(booked)
        account = first_text(statement, ("Acct", "Id", "IBAN"), ("Acct", "Id", "Othr", "Id"))
        common = [_entry(entry, account, name) for entry in booked]
        drafts = []
        for element, entry in zip(booked, common, strict=True):
            drafts += _drafts(element, entry, warnings)
        read.append(numbered(drafts))
        warnings += _balance(statement, [entry.amount for entry in common], name)
    return Statement(
        format="CAMT.053",
        statement_id=" + ".join(text(statement, "Id") or "without id" for statement in statements),
        entries=tuple(entry for entries in read for entry in entries),
        warnings=(*warnings, *repeat_findings(read)),
        pending_count=pending,
    )


def _message(root: _Element, name: str) -> _Element:
    message = at(root, "BkToCstmrStmt")
    if message is not None:
        return message
    for other, what in _OTHER_MESSAGES.items():
        if at(root, other) is not None:
            raise BillingError(f"{name} is {what}. Only the statement of booked entries, CAMT.053, is imported.")
    raise BillingError(f"{name} is XML, but not a CAMT.053 statement: its root is {local_name(root)!r}.")


def _status(entry: _Element, name: str) -> str:
    """Read the status, which moved into a child element in version 08; a statement's entries are booked by default."""
    status = first_text(entry, ("Sts", "Cd"), ("Sts",)) or "BOOK"
    if status not in STATUSES:
        raise refusal(f"{name}, line {entry.sourceline}", status, "a known status (Sts) of an entry")
    return status


def _entry(entry: _Element, account: str | None, name: str) -> _Entry:
    reference = reference_or_none(lasting(text(entry, "AcctSvcrRef")), lasting(text(entry, "NtryRef")))
    place = f"{name}, line {entry.sourceline}, entry {reference or 'without reference'}"
    amount = at(entry, "Amt")
    if amount is None:
        raise BillingError(f"{place}: it has no amount (Amt).")
    booked, value = _day(entry, "BookgDt", place), _day(entry, "ValDt", place)
    day = booked or value
    if day is None:
        raise BillingError(f"{place}: it has neither a booking date (BookgDt) nor a value date (ValDt).")
    return _Entry(
        account=account,
        reference=reference,
        amount=signed(exact_amount((amount.text or "").strip(), place), text(entry, "CdtDbtInd"), place),
        currency=currency_code(amount.get("Ccy", ""), place),
        booked_on=day,
        value_on=value or day,
        is_return=text(entry, "RvslInd") in {"true", "1"} or is_return_code(entry),
        place=place,
    )


def _day(entry: _Element, element: str, place: str) -> date | None:
    value = first_text(entry, (element, "Dt"), (element, "DtTm"))
    return iso_day(value, f"{place}, {element}") if value else None


def _drafts(element: _Element, entry: _Entry, warnings: list[str]) -> list[Draft]:
    """Make one entry per transaction of a batch where their amounts add up to it, else one entry with all texts."""
    indicator = "CRDT" if entry.amount >= 0 else "DBIT"
    transactions = [
        details_of(
            transaction,
            entry_indicator=indicator,
            entry_is_return=entry.is_return,
            currency=entry.currency,
            place=entry.place,
        )
        for transaction in every(element, "NtryDtls", "TxDtls")
    ]
    if len(transactions) > 1:
        amounts = [details.amount for details in transactions if details.amount is not None]
        if len(amounts) == len(transactions) and sum(amounts) == entry.amount:
            return _batch(entry, transactions)
        warnings.append(
            f"{entry.place}: the amounts of its {len(transactions)} transactions are missing or do not add up to"
            f" {entry.amount}; it is one entry."
        )
    details = _merged(element, transactions)
    return [_draft(entry, details, amount=entry.amount, reference=entry.reference or details.reference)]


def _batch(entry: _Entry, transactions: list[Details]) -> list[Draft]:
    own = [details.reference for details in transactions]
    distinct = None not in own and len(set(own)) == len(own)
    return [
        _draft(
            entry,
            details,
            amount=details.amount or Decimal(0),
            reference=details.reference if distinct else entry.reference and f"{entry.reference}#{position}",
        )
        for position, details in enumerate(transactions, start=1)
    ]


def _merged(element: _Element, transactions: list[Details]) -> Details:
    """Keep the payer of a single transaction; of several only their texts can be said of the entry as a whole."""
    said = text(element, "AddtlNtryInf")
    lines = tuple(line for details in transactions for line in details.remittance_lines)
    lines = lines or ((said,) if said else ())
    if len(transactions) == 1:
        return replace(transactions[0], remittance_lines=lines)
    is_return = any(details.is_return for details in transactions)
    return Details(remittance_lines=lines, is_return=is_return)


def _draft(entry: _Entry, details: Details, *, amount: Decimal, reference: str | None) -> Draft:
    return Draft(
        account=entry.account,
        reference=reference,
        booked_on=entry.booked_on,
        value_on=entry.value_on,
        amount=amount,
        currency=entry.currency,
        payer_name=details.payer_name,
        payer_iban=details.payer_iban,
        remittance=unfolded(details.remittance_lines, widths=FOLD_WIDTHS),
        remittance_lines=details.remittance_lines,
        creditor_reference=details.creditor_reference,
        end_to_end_id=details.end_to_end_id,
        is_return=entry.is_return or details.is_return,
    )


def _balance(statement: _Element, movements: list[Decimal], name: str) -> list[str]:
    balances: dict[str, Decimal] = {}
    for balance in every(statement, "Bal"):
        amount = at(balance, "Amt")
        code = text(balance, "Tp", "CdOrPrtry", "Cd")
        if amount is None or code is None:
            continue
        place = f"{name}, line {balance.sourceline}, balance {code}"
        value = exact_amount((amount.text or "").strip(), place)
        balances.setdefault(code, signed(value, text(balance, "CdtDbtInd"), place))
    where = f"Statement {text(statement, 'Id') or 'without id'}"
    opening = balances.get("OPBD", balances.get("PRCD"))
    return balance_findings(where, opening=opening, closing=balances.get("CLBD"), movements=movements)
