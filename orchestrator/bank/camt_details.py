"""The details of a CAMT entry: who paid, what they wrote, and the single transactions of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from orchestrator.bank.camt_xml import at, every, first_text, text
from orchestrator.bank.entries import cleaned
from orchestrator.bank.mt940_details import RETURN_TRANSACTION_CODES
from orchestrator.bank.references import NONE, Payer, may_name_invoice, reference_of, reference_or_none
from orchestrator.bank.values import exact_amount, refusal

if TYPE_CHECKING:
    from decimal import Decimal

    from orchestrator.bank.camt_xml import Node
    from orchestrator.bank.references import Reference

FOLD_WIDTHS = frozenset({27, 35, 140})
"""Lengths of a line that the bank may have cut: MT940 sub-field, SWIFT line, Ustrd."""

RETURN_CODES = frozenset({"RRTN", "RPCR", "UPDD", "PRDD"})
"""Sub-families of the bank transaction code that give money back."""

_NAMES = (("Nm",), ("Pty", "Nm"))
_ACCOUNTS = (("Id", "IBAN"), ("Id", "Othr", "Id"))
_AMOUNTS = (("Amt",), ("AmtDtls", "TxAmt", "Amt"))


class Returned(NamedTuple):
    """Whether money came or went back, and whether version 0.1.0, which did not read banks' own codes, saw it."""

    now: bool
    first_version: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What one TxDtls says, whatever its version."""

    reference: Reference = NONE
    amount: Decimal | None = None
    payer_name: str | None = None
    payer_iban: str | None = None
    remittance_lines: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    creditor_reference: str | None = None
    end_to_end_id: str | None = None
    is_return: bool = False
    first_version_payer: Payer | None = None


def amount_of(element: Node, place: str) -> Decimal:
    """Read an Amt, which is a number and nothing else."""
    if element.children:
        raise refusal(place, next(iter(element.children)), "part of an amount (Amt)")
    return exact_amount(element.text, place)


def signed(amount: Decimal, indicator: str | None, place: str) -> Decimal:
    """Sign by CdtDbtInd alone: a reversal already carries the direction in which the money moved."""
    if indicator not in {"CRDT", "DBIT"}:
        raise refusal(place, indicator or "", "CRDT or DBIT (CdtDbtInd)")
    if amount.is_signed():
        raise refusal(place, amount, "an amount without a sign")
    return amount if indicator == "CRDT" else -amount


def details_of(
    transaction: Node, *, entry_indicator: str, entry_return: Returned, currency: str, place: str
) -> Details:
    """Read one TxDtls; its amount counts only in the currency of the entry."""
    indicator = text(transaction, "CdtDbtInd") or entry_indicator
    own = returned_of(transaction, is_marked=at(transaction, "RtrInf") is not None)
    returned = Returned(entry_return.now or own.now, entry_return.first_version or own.first_version)
    creditor_reference = text(transaction, "RmtInf", "Strd", "CdtrRefInf", "Ref")
    is_credit = indicator == "CRDT"
    payer = first_payer = _counterparty(transaction, is_paid_to_us=is_credit != returned.now)
    if returned.first_version != returned.now:
        first_payer = _counterparty(transaction, is_paid_to_us=is_credit != returned.first_version)
    lines, also = _remittance(transaction)
    return Details(
        reference=reference_of(text(transaction, "Refs", "AcctSvcrRef")),
        amount=_amount(transaction, indicator, currency, place),
        payer_name=payer.name,
        payer_iban=payer.iban,
        remittance_lines=lines,
        also=also,
        creditor_reference=cleaned(creditor_reference),
        end_to_end_id=reference_or_none(text(transaction, "Refs", "EndToEndId")),
        is_return=returned.now,
        first_version_payer=None if first_payer == payer else first_payer,
    )


def returned_of(element: Node, *, is_marked: bool) -> Returned:
    """Whether a mark or the bank transaction code says that money came or went back."""
    own = (text(element, "BkTxCd", "Prtry", "Cd") or "").split("+")
    is_known = is_marked or text(element, "BkTxCd", "Domn", "Fmly", "SubFmlyCd") in RETURN_CODES
    is_own = own[0] == "NRTI" or (len(own) > 1 and own[1] in RETURN_TRANSACTION_CODES)
    return Returned(is_known or is_own, is_known)


def _amount(transaction: Node, indicator: str, currency: str, place: str) -> Decimal | None:
    for path in _AMOUNTS:
        element = at(transaction, *path)
        if element is not None and element.currency == currency:
            return signed(amount_of(element, place), indicator, place)
    return None


def _counterparty(transaction: Node, *, is_paid_to_us: bool) -> Payer:
    """Find the other side: the debtor of a credit. A return names the parties as the payment did that came back."""
    parties = at(transaction, "RltdPties")
    if parties is None:
        return Payer()
    order = ("Dbtr", "UltmtDbtr", "Cdtr", "UltmtCdtr") if is_paid_to_us else ("Cdtr", "UltmtCdtr", "Dbtr", "UltmtDbtr")
    for role in order:
        party = at(parties, role)
        if party is not None and (name := first_text(party, *_NAMES)):
            account = at(parties, f"{role.removeprefix('Ultmt')}Acct")
            return _payer(name, account)
    account = at(parties, "DbtrAcct" if is_paid_to_us else "CdtrAcct")
    return _payer(None, account)


def _payer(name: str | None, account: Node | None) -> Payer:
    return Payer(cleaned(name), cleaned(first_text(account, *_ACCOUNTS)) if account is not None else None)


def _remittance(transaction: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every text that may carry an invoice number; the bank's own words are the text where the payer has none."""
    lines = [line.text for line in every(transaction, "RmtInf", "Ustrd")]
    for structured in every(transaction, "RmtInf", "Strd"):
        lines += [number.text for number in every(structured, "RfrdDocInf", "Nb")]
        lines += [reference.text for reference in every(structured, "CdtrRefInf", "Ref")]
        lines += [more.text for more in every(structured, "AddtlRmtInf")]
    said = tuple(line for line in lines if line)
    own = tuple(more.text for more in every(transaction, "AddtlTxInf") if more.text)
    references = (text(transaction, "Refs", name) for name in ("InstrId", "PmtInfId", "TxId", "MsgId"))
    also = tuple(other for other in (*references, *own) if other and may_name_invoice(other))
    return (said, also) if said else (own, also)
