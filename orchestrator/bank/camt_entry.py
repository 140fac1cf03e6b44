"""One Ntry of a CAMT statement: one entry of ours, or one for each transaction of a batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.bank.camt_details import FOLD_WIDTHS, Details, amount_of, details_of, returned_of, signed
from orchestrator.bank.camt_xml import at, every, first_text, text
from orchestrator.bank.entries import Draft, unfolded
from orchestrator.bank.references import Reference, lasting, may_name_invoice, reference_of
from orchestrator.bank.values import currency_code, iso_day, refusal
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from datetime import date

    from orchestrator.bank.camt_details import Returned
    from orchestrator.bank.camt_xml import Node

STATUSES = frozenset({"BOOK", "PDNG", "INFO", "FUTR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What all transactions of one Ntry share."""

    account: str | None
    reference: Reference
    amount: Decimal
    currency: str
    booked_on: date
    value_on: date
    returned: Returned
    line: int
    place: str


def is_booked(element: Node, name: str) -> bool:
    """Read the status, which moved into a child element in version 08; a statement's entries are booked by default."""
    status = at(element, "Sts")
    code = "BOOK" if status is None else text(status, "Cd") or text(status, "Prtry") or status.text
    is_own = status is not None and at(status, "Prtry") is not None
    if is_own or (code or "BOOK") not in STATUSES:
        raise refusal(f"{name}, line {element.line}", code, "a known status (Sts) of an entry")
    return code in {"BOOK", ""}


def entry_of(element: Node, account: str | None, name: str) -> Entry:
    """Read what the Ntry says of itself."""
    reference = reference_of(lasting(text(element, "AcctSvcrRef")), lasting(text(element, "NtryRef")))
    place = f"{name}, line {element.line}, entry {reference.text or 'without reference'}"
    amount = at(element, "Amt")
    if amount is None:
        raise BillingError(f"{place}: it has no amount (Amt).")
    booked, value = _day(element, "BookgDt", place), _day(element, "ValDt", place)
    day = booked or value
    if day is None:
        raise BillingError(f"{place}: it has neither a booking date (BookgDt) nor a value date (ValDt).")
    return Entry(
        account=account,
        reference=reference,
        amount=signed(amount_of(amount, place), text(element, "CdtDbtInd"), place),
        currency=currency_code(amount.currency or "", place),
        booked_on=day,
        value_on=value or day,
        returned=returned_of(element, is_marked=text(element, "RvslInd") in {"true", "1"}),
        line=element.line,
        place=place,
    )


def _day(element: Node, name: str, place: str) -> date | None:
    value = first_text(element, (name, "Dt"), (name, "DtTm"))
    return iso_day(value, f"{place}, {name}") if value else None


def drafts_of(element: Node, entry: Entry, warnings: list[str]) -> list[Draft]:
    """Make one entry per transaction of a batch where their amounts add up to it, else one entry with all texts."""
    indicator = "CRDT" if entry.amount >= 0 else "DBIT"
    transactions = [
        details_of(
            transaction,
            entry_indicator=indicator,
            entry_return=entry.returned,
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
    reference = Reference(
        entry.reference.text or details.reference.text, entry.reference.first_version or details.reference.first_version
    )
    return [_draft(entry, details, amount=entry.amount, reference=reference)]


def _batch(entry: Entry, transactions: list[Details]) -> list[Draft]:
    now = _parts(entry.reference.text, [details.reference.text for details in transactions])
    first = _parts(entry.reference.first_version, [details.reference.first_version for details in transactions])
    return [
        _draft(entry, details, amount=details.amount or Decimal(0), reference=Reference(*references))
        for details, *references in zip(transactions, now, first, strict=True)
    ]


def _parts(whole: str | None, own: list[str | None]) -> list[str | None]:
    """Name the transactions by their own references if those tell them apart, else by their places in the batch."""
    if None not in own and len(set(own)) == len(own):
        return own
    return [whole and f"{whole}#{position}" for position in range(1, len(own) + 1)]


def _merged(element: Node, transactions: list[Details]) -> Details:
    """Keep the payer of a single transaction; of several only their texts can be said of the entry as a whole."""
    said = text(element, "AddtlNtryInf")
    lines = tuple(line for details in transactions for line in details.remittance_lines)
    also = tuple(text for details in transactions for text in details.also)
    if said and lines and may_name_invoice(said):
        also = (*also, said)
    lines = lines or ((said,) if said else ())
    if len(transactions) == 1:
        only = transactions[0]
        is_same = (only.remittance_lines, only.also) == (lines, also)
        return only if is_same else replace(transactions[0], remittance_lines=lines, also=also)
    is_return = any(details.is_return for details in transactions)
    return Details(remittance_lines=lines, also=also, is_return=is_return)


def _draft(entry: Entry, details: Details, *, amount: Decimal, reference: Reference) -> Draft:
    return Draft(
        account=entry.account,
        reference=reference.text,
        first_version_reference=reference.placeholder,
        booked_on=entry.booked_on,
        value_on=entry.value_on,
        amount=amount,
        currency=entry.currency,
        payer_name=details.payer_name,
        payer_iban=details.payer_iban,
        remittance=unfolded(details.remittance_lines, widths=FOLD_WIDTHS),
        remittance_lines=details.remittance_lines,
        also=details.also,
        creditor_reference=details.creditor_reference,
        end_to_end_id=details.end_to_end_id,
        is_return=entry.returned.now or details.is_return,
        first_version_payer=details.first_version_payer,
        line=entry.line,
    )
