"""Whatever is agreed, used, changed and closed: revenue is what was billed, day by day, and accruals are what was not.

The accruals of a month that is closed are computed again, in fractions, from what the small model says is owed and from
the lines on the invoices; what is reported of a closed month is reported of it for ever.
"""
# ruff: noqa: FBT001 - drawn by hypothesis

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from tests.books import contradictions
from tests.contracts_model import months_later, owed, phases_of
from tests.reference import rounded
from tests.scenarios.test_contracts_machine import LAST, ContractsMachine

if TYPE_CHECKING:
    from tests.contracts_model import Charge
    from tests.contracts_shop import Account
    from tests.contracts_terms import Contract
    from tests.scenarios.conftest import Fresh

EXAMPLES = int(os.environ.get("REVENUE_EXAMPLES", "8"))
FEES = ("subscription", "proration")
ZERO = Fraction(0)
KEPT = "select round(amount, 6) from billing.month_accruals where period_start = %s and customer_id = %s"
LINES = """
    select service_key, charge_key, charge_kind, tier, lines.amount, service_period_start, service_period_end, issued_on
    from billing.invoice_line_items as lines inner join billing.invoices using (invoice_id)
    where customer_id = %s order by invoice_id, position
"""
OF_MONTHS = {
    "accrued_revenue": "select month, account_number, amount::text",
    "deferred_revenue": "select month, currency, billed::text, recognized::text, deferred::text",
    "journal": "select document, account, booked_on::text, debit::text, credit::text",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """Of an issued invoice."""

    key: str
    kind: str
    tier: str | None
    amount: Fraction
    starts: date
    ends: date
    issued: date

    @property
    def phase(self) -> str | None:
        return self.key.rsplit("/", 1)[0] if self.kind in FEES else None

    @property
    def first_day(self) -> date:
        return date.fromisoformat(self.key.split("/")[-2]) if self.kind in FEES else self.starts


def served(amount: Fraction, first_day: date, days: int, until: date, decimals: int) -> Fraction:
    """What of an amount was served before a day."""
    if days > 0:
        amount = amount * min(max((until - first_day).days, 0), days) / days
    return rounded(amount, decimals)


def served_of_lines(lines: list[Line], until: date, decimals: int) -> Fraction:
    """Of the lines of one service: the last line of a phase tells its days, the last proration how many count."""
    total = ZERO
    phases: dict[str | None, list[Line]] = defaultdict(list)
    for line in lines:
        phases[line.phase].append(line)
    for own in phases.values():
        last, prorations = own[-1], [line for line in own if line.kind == "proration"]
        days = (last.ends - last.first_day).days
        if sum((line.amount for line in prorations), ZERO):
            days = int(str(prorations[-1].tier).split("/", maxsplit=1)[0])
        total += served(sum((line.amount for line in own), ZERO), last.first_day, days, until, decimals)
    return total


def end_of_phase(contract: Contract, charge: Charge, day: date) -> date:
    """Of the phase of a fee that has a day."""
    (end,) = [
        phase.ends
        for one in contract.subscriptions
        if charge.key.startswith(f"s{one.key}/")
        for phase in phases_of(one)
        if phase.plan.code == charge.plan and phase.starts <= day < phase.ends
    ]
    return end


class RevenueMachine(ContractsMachine):
    """The same two customers; every month is billed on the first of the next, and closed now and then."""

    run_next = run_again = deliver = void = credit = None  # type: ignore[assignment] # on other days
    sums_are_those_of_the_model = second_path_agrees = only_what_waits_is_named = None  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.reported: dict[date, dict[str, list[tuple[object, ...]]]] = {}

    @precondition(lambda self: self.next <= LAST)
    @rule(is_left_out=st.sampled_from([False, False, False, True]), is_closed=st.booleans())
    def bill(self, is_left_out: bool, is_closed: bool) -> None:
        month, self.next = self.next, months_later(self.next, 1)
        if not is_left_out:
            self.given.run(f"{month:%Y-%m}", as_of=self.next.isoformat())
            self.given.deliver()
            self.runs.append(month)
        if is_closed:
            self.close(month)

    def close(self, month: date) -> None:
        end, closed_on = self.next, self.next + timedelta(days=4)
        self.given.roll_up()
        self.given.connection.execute("select billing.close_month(%s, %s)", (month, closed_on))
        for one in self.accounts:
            (kept,) = self.given.connection.execute(KEPT, (month, one.customer)).fetchone() or (0,)
            assert Fraction(kept) == self.accrued(one, end), (one.name, month)
        self.reported[month] = self.report(closed_on, end)

    def report(self, on: date, until: date) -> dict[str, list[tuple[object, ...]]]:
        """What is said on a day of the months before another."""
        with self.given.connection.transaction():
            self.given.connection.execute("select set_config('billing.as_of', %s, true)", (str(on),))
            return {
                view: sorted(
                    self.given.connection.execute(
                        f"{columns} from reporting.{view} where period_start < %s".encode(), (until,)
                    ).fetchall()
                )
                for view, columns in OF_MONTHS.items()
            }

    def accrued(self, one: Account, end: date) -> Fraction:
        """What is owed of what was served before a day, less what had been invoiced of it."""
        lines: dict[str, list[Line]] = defaultdict(list)
        for service, key, kind, tier, amount, starts, ends, issued in self.given.connection.execute(
            LINES.encode(), (one.customer,)
        ).fetchall():
            lines[service].append(
                Line(key=key, kind=kind, tier=tier, amount=Fraction(amount), starts=starts, ends=ends, issued=issued)
            )
        decimals, owing = one.contract.decimals, self.owing(one, end, set(lines))
        total = ZERO
        for service in owing.keys() | lines.keys():
            before = [line for line in lines[service] if line.issued < end]
            if service in owing:
                total += owing[service]
            elif before == lines[service]:
                continue
            else:
                total += served_of_lines(lines[service], end, decimals)
            total -= served_of_lines(before, end, decimals)
        return total

    def owing(self, one: Account, end: date, billed: set[str]) -> dict[str, Fraction]:
        """What services owe of the days before a day, with the usage of these days."""
        if not self.runs:
            return {}
        events = [event for event in one.contract.events if event.day < end]
        contract = replace(one.contract, events=events)
        phases: dict[tuple[str, str | None], list[Charge]] = defaultdict(list)
        for charge in owed(contract, end)[1]:
            service = charge.service
            is_billable = service.month >= self.runs[0] or service.key in billed or charge.kind == "charge"
            if is_billable and service.starts < end:
                phases[service.key, charge.key.rsplit("/", 1)[0] if charge.kind in FEES else None].append(charge)
        found: dict[str, Fraction] = defaultdict(Fraction)
        for (service_key, phase), charges in phases.items():
            amount = sum((charge.amount for charge in charges), ZERO)
            if phase is not None:
                first_day = date.fromisoformat(phase.rsplit("/", 1)[1])
                last = min(charges[0].service.ends, end_of_phase(contract, charges[0], first_day))
                amount = served(amount, first_day, (last - first_day).days, end, contract.decimals)
            found[service_key] += amount
        return found

    def everything_is_billed_in_the_end(self) -> None:
        for month in [self.next, months_later(self.next, 1), months_later(self.next, 14)]:
            assert contradictions(self.given.connection, month) == []
        for month, reported in self.reported.items():
            again = self.report(months_later(self.next, 2), months_later(month, 1))
            assert again == reported, month


@pytest.mark.slow
def test_revenue_is_what_is_served(fresh: Fresh) -> None:
    class Machine(RevenueMachine):
        pass

    Machine.fresh = staticmethod(fresh)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            suppress_health_check=list(HealthCheck),
            deadline=None,
        ),
    )
