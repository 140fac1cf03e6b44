"""What an XML file of a bank is: a statement, alone or in the envelope of its network, or another message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.bank.camt_xml import local_name, parsing
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from typing import BinaryIO

STATEMENT = "BkToCstmrStmt"
_OTHER_MESSAGES = {
    "BkToCstmrAcctRpt": "is CAMT.052, a report within the day",
    "BkToCstmrDbtCdtNtfctn": "is CAMT.054, a notice",
    "BkToCstmrStmtV01": "is CAMT.053 in its first version, which no bank sends any more",
}


def refuse_other_messages(file: BinaryIO, name: str) -> None:
    """Read as far as the first element inside Document, and say what it is if it is no statement."""
    root = None
    for _, element in parsing(file, name, events=("start",)):
        root = local_name(element) if root is None else root
        parent = element.getparent()
        if parent is None or local_name(parent) != "Document":
            continue
        message = local_name(element)
        if message == STATEMENT:
            return
        for other, what in _OTHER_MESSAGES.items():
            if message in {other, f"{other}V01"}:
                raise BillingError(f"{name} {what}. Only the statement of booked entries, CAMT.053, is imported.")
        raise BillingError(
            f"{name}, line {element.sourceline}: its Document holds {message!r}, not a CAMT.053 statement"
            f" ({STATEMENT})."
        )
    raise BillingError(
        f"{name} is XML, but not a CAMT.053 statement: its root is {root!r}, and no Document with content is in it."
    )
