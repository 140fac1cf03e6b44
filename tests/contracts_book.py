"""Which of what is owed a run bills (contract, section 4, rules 2 and 13), and the invoices there are of it so far.

The book of one customer: every run writes the lines that it must bring; the engine's invoices must say the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.contracts_model import months_later, owed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from tests.contracts_model import Charge, Service
    from tests.contracts_terms import Contract

ZERO = Fraction(0)
SUMS = {"proration", "discount", "minimum", "maximum"}
"""Kinds whose quantity says nothing: they are an amount."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """What an invoice bills of a charge."""

    key: str
    kind: str
    quantity: Fraction
    gross: Fraction
    amount: Fraction


@dataclass(kw_only=True)
class Invoice:
    """Of a month; void ones wait for their month, waived ones count as billed."""

    month: date
    lines: list[Line]
    services: dict[str, Service]
    is_void: bool = False
    is_waived: bool = False
    is_replaced: bool = False
    """Whether its month was run again since it was voided."""

    @property
    def counts(self) -> bool:
        """Whether what it bills is billed."""
        return not self.is_void or self.is_waived


@dataclass(kw_only=True)
class Book:
    """Invoices of a customer, oldest first."""

    invoices: list[Invoice] = field(default_factory=list)

    def billed(self) -> dict[str, Line]:
        """The sum over standing lines of each charge."""
        sums: dict[str, Line] = {}
        for line in (line for invoice in self.invoices if invoice.counts for line in invoice.lines):
            before = sums.get(line.key)
            sums[line.key] = added(before, line) if before else replace(line, kind="")
        return sums

    def services(self) -> dict[str, Service]:
        """Of which anything is billed."""
        return {key: one for invoice in self.invoices if invoice.counts for key, one in invoice.services.items()}

    def waits_for(self, service: str) -> set[date]:
        """Months whose void invoices billed the service and that were not run again since."""
        voids = (one for one in self.invoices if not one.counts and not one.is_replaced)
        return {one.month for one in voids if service in one.services}

    def run(
        self, contract: Contract, month: date, runs: Iterable[date], taken: Iterable[str] | None = None
    ) -> list[Line] | None:
        """Write the invoice of a month; None if there is one already.

        An earlier month that is run again bills what fell due in it, or waited for it. Whether it takes differences of
        other months along (`taken`: services) or leaves them to the next month, the contract does not say.
        """
        if any(one.month == month and one.counts for one in self.invoices):
            return None
        services, charges = owed(contract, months_later(month, 1))
        bills = self._bills(services, month, set(runs))
        if taken is not None:
            billed, own = self.services(), set(taken)
            bills = {
                key: one
                for key, one in bills.items()
                if key in own or month in self.waits_for(key) or (one.month == month and key not in billed)
            }
        lines = list(self._lines(charges, bills, month))
        for one in self.invoices:
            one.is_replaced |= one.month == month and one.is_void
        if lines:
            services_billed = {key: bills[key] for key in {service_of(line.key) for line in lines}}
            self.invoices.append(Invoice(month=month, lines=lines, services=services_billed))
        return lines

    def _bills(self, services: Iterable[Service], month: date, runs: set[date]) -> dict[str, Service]:
        """Services that a run compares with what was billed of them."""
        billed = self.services()
        known = {one.key: one for one in services}
        end = months_later(month, 1)
        gone = {
            key: one
            for key, one in billed.items()
            if key not in known and (one.starts < end if key[0] == "s" else one.ends <= end)
        }
        return {
            key: one
            for key, one in (gone | known).items()
            if (key in gone or one.month <= month)
            and (key[0] == "c" or one.month == month or one.month in runs or key in billed)
            and self.waits_for(key) <= {month}
        }

    def _lines(self, charges: Iterable[Charge], bills: dict[str, Service], month: date) -> Iterable[Line]:
        """Owed less billed, where that is not nothing."""
        billed = self.billed()
        known = set(self.services())
        owes = {one.key: one for one in charges if one.service.key in bills}
        for key in [*owes, *(key for key in billed if key not in owes and service_of(key) in bills)]:
            before = billed.get(key)
            now = as_line(owes[key]) if key in owes else None
            line = subtracted(now or Line(key=key, kind="", quantity=ZERO, gross=ZERO, amount=ZERO), before)
            is_nothing = before and line.amount == 0 and (line.quantity == 0 or kind_of(key) in SUMS)
            if is_nothing:
                continue
            service = bills[service_of(key)]
            kind = kind_of(key)
            if kind == "usage" and service.month < month:
                kind = "late_usage"
            elif service.key in known:
                kind = "correction"
            yield Line(key=key, kind=kind, quantity=line.quantity, gross=line.gross, amount=line.amount)


def service_of(key: str) -> str:
    """The service of a charge: all but one-off charges name their period, too."""
    return "/".join(key.split("/")[: 1 if key[0] == "c" else 2])


def kind_of(key: str) -> str:
    """What a charge is; usage is named by cell and tier, all else by what it is."""
    last = key.rpartition("/")[2]
    return last if last in SUMS | {"subscription", "charge"} else "usage"


def as_line(charge: Charge, kind: str | None = None) -> Line:
    """What a charge is billed as when nothing was billed before; in sums no kind is told."""
    kind = charge.kind if kind is None else kind
    return Line(key=charge.key, kind=kind, quantity=charge.quantity, gross=charge.gross, amount=charge.amount)


def added(one: Line, other: Line) -> Line:
    """The sum of two lines of a charge."""
    return Line(
        key=one.key,
        kind=one.kind,
        quantity=one.quantity + other.quantity,
        gross=one.gross + other.gross,
        amount=one.amount + other.amount,
    )


def subtracted(one: Line, other: Line | None) -> Line:
    """The difference of two lines of a charge."""
    if other is None:
        return one
    return Line(
        key=one.key,
        kind=one.kind,
        quantity=one.quantity - other.quantity,
        gross=one.gross - other.gross,
        amount=one.amount - other.amount,
    )


def comparable(line: Line) -> Line:
    """Without the quantity of what is an amount."""
    return replace(line, quantity=Fraction(1)) if kind_of(line.key) in SUMS else line


def differing(found: Mapping[str, Line], expected: Mapping[str, Line]) -> list[tuple[str, str, str]]:
    """Charges told otherwise: key, what the engine has, what the model has."""
    return [
        (key, shown(found.get(key)), shown(expected.get(key)))
        for key in sorted(found.keys() | expected.keys())
        if found.get(key) != expected.get(key)
    ]


def shown(line: Line | None) -> str:
    """A line for the reader of a failure."""
    return f"{line.kind} {line.quantity} {line.gross} {line.amount}" if line else "-"
