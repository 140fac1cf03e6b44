"""CAMT.053, every version from 02 to 13: elements are found by their local names, which all versions share.

The file is read entry by entry, and an element is dropped once its entry is ours: its size costs no memory.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from orchestrator.bank.camt_details import amount_of, signed
from orchestrator.bank.camt_entry import drafts_of, entry_of, is_booked
from orchestrator.bank.camt_message import STATEMENT, refuse_other_messages
from orchestrator.bank.camt_xml import at, every, first_text, local_name, node_of, parsing, refuse_doctype, text
from orchestrator.bank.entries import Statement
from orchestrator.bank.findings import balance_findings, repeat_findings
from orchestrator.bank.pages import Pages
from orchestrator.errors import BillingError
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from decimal import Decimal
    from typing import BinaryIO

    from lxml.etree import _Element

    from orchestrator.bank.camt_xml import Node
    from orchestrator.bank.pages import Page


def read_camt(file: BinaryIO, name: str) -> Statement:
    """Read every statement of the file."""
    refuse_doctype(file, name)
    refuse_other_messages(file, name)
    reader = _Reader(name)
    tags = tuple(f"{{*}}{tag}" for tag in (STATEMENT, "Stmt", "Ntry"))
    for event, element in parsing(file, name, events=("start", "end"), tags=tags):
        reader.take(event, element)
    return reader.statement()


class _Reader:
    """Takes the elements as they come."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._messages = 0
        self._pages = Pages()
        self._page: Page | None = None
        self._movements: list[Decimal] = []
        self._currencies: Counter[str] = Counter()
        self._identifiers: list[str] = []
        self._warnings: list[str] = []
        self._pending = 0

    def take(self, event: str, element: _Element) -> None:
        """Count messages as they begin, read statements and entries as they end."""
        parent = element.getparent()
        inside = "" if parent is None else local_name(parent)
        match event, local_name(element), inside:
            case "start", "BkToCstmrStmt", "Document":
                self._begin_message(element)
            case "end", "Ntry", "Stmt" if parent is not None:
                self._read_entry(element, parent)
            case "end", "Stmt", "BkToCstmrStmt":
                self._end_statement(element)
            case "end", "Ntry" | "Stmt", _:
                raise BillingError(
                    f"{self._name}, line {element.sourceline}: {local_name(element)} stands in {inside!r}, where no"
                    " statement has it."
                )
            case _:
                pass

    def statement(self) -> Statement:
        """Give what was read."""
        if not self._identifiers:
            raise BillingError(f"{self._name} is a CAMT.053 file without a statement (Stmt).")
        return Statement(
            format="CAMT.053",
            statement_id=" + ".join(self._identifiers),
            entries=self._pages.entries(),
            warnings=(*self._warnings, *repeat_findings(self._pages.repeated())),
            pending_count=self._pending,
        )

    def _begin_message(self, element: _Element) -> None:
        self._messages += 1
        if self._messages > 1:
            raise BillingError(
                f"{self._name}, line {element.sourceline}: a second message ({STATEMENT}) in one file. Split it."
            )

    def _read_entry(self, element: _Element, statement: _Element) -> None:
        page = self._page = self._page or self._begin(*_identity(node_of(statement)))
        node = node_of(element)
        if is_booked(node, self._name):
            entry = entry_of(node, page.account, self._name)
            self._movements.append(entry.amount)
            self._currencies[entry.currency] += 1
            for draft in drafts_of(node, entry, self._warnings):
                page.add(draft)
        else:
            self._pending += 1
        element.clear()
        before = element.getprevious()
        if before is not None and local_name(before) == "Ntry":
            statement.remove(before)

    def _begin(self, account: str | None, identifier: str | None, number: int | None) -> Page:
        name = identifier if number is None else f"{identifier} page {number}"
        return self._pages.page(account, identifier, number, name=name)

    def _end_statement(self, element: _Element) -> None:
        statement = node_of(element)
        account, identifier, number = _identity(statement)
        page = self._page or self._begin(account, identifier, number)
        if page.account != account:
            raise BillingError(
                f"{self._name}, line {statement.line}: the account of the statement (Acct) stands behind its entries."
            )
        self._identifiers.append(identifier or "without id")
        self._warnings += _balance(statement, self._movements, self._name)
        self._warnings += _foreign(statement, self._currencies)
        self._page, self._movements, self._currencies = None, [], Counter()
        element.clear()


def _identity(statement: Node) -> tuple[str | None, str | None, int | None]:
    """Read the account, the identification and the number of the page."""
    account = first_text(statement, ("Acct", "Id", "IBAN"), ("Acct", "Id", "Othr", "Id"))
    page = text(statement, "StmtPgntn", "PgNb") or ""
    return account, text(statement, "Id"), int(page) if page.isascii() and page.isdigit() else None


def _foreign(statement: Node, currencies: Counter[str]) -> list[str]:
    own = text(statement, "Acct", "Ccy") or next((amount.currency for amount in every(statement, "Bal", "Amt")), None)
    return [
        f"Statement {text(statement, 'Id') or 'without id'}: {counted(count, 'entry is', 'entries are')} in {currency},"
        f" but the account is in {own}. Is that so?"
        for currency, count in currencies.items()
        if own and currency != own
    ]


def _balance(statement: Node, movements: list[Decimal], name: str) -> list[str]:
    balances: dict[str, Decimal] = {}
    for balance in every(statement, "Bal"):
        amount = at(balance, "Amt")
        code = text(balance, "Tp", "CdOrPrtry", "Cd")
        if amount is None or code is None:
            continue
        place = f"{name}, line {balance.line}, balance {code}"
        balances.setdefault(code, signed(amount_of(amount, place), text(balance, "CdtDbtInd"), place))
    where = f"Statement {text(statement, 'Id') or 'without id'}"
    opening = balances.get("OPBD", balances.get("PRCD"))
    return balance_findings(where, opening=opening, closing=balances.get("CLBD"), movements=movements)
