"""Whatever is agreed, used, changed, run and voided: invoices bill what a small model in fractions says is owed.

The model (tests/contracts_model.py, tests/contracts_book.py) is written from the contract. After every step the sums of
standing lines are its own, the second path agrees, and `billing check` names only what waits for a run.
"""
# ruff: noqa: FBT001 - drawn by hypothesis

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import date
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import contract_worlds as worlds
from tests.contracts_book import SUMS, as_line, comparable, differing, kind_of, service_of
from tests.contracts_model import months_later, owed
from tests.contracts_shop import LATER, Account

if TYPE_CHECKING:
    from fractions import Fraction

    from tests.contracts_book import Line
    from tests.contracts_terms import Commitment, Discount, OneOff
    from tests.engine import Invoice
    from tests.scenarios.conftest import Fresh

EXAMPLES = int(os.environ.get("CONTRACTS_EXAMPLES", "8"))
"""More of them, and without shrinking, is how the machine is used to look for faults."""
FIRST = date(2024, 1, 1)
LAST = date(2024, 6, 1)
LEFT_OUT = "no month between two runs is left out"
WAITS = {"what a void invoice billed is billed again", LEFT_OUT}
MOST_SUBSCRIPTIONS = 3
accounts = st.integers(0, 1)
places = st.integers(0, 2)


class ContractsMachine(RuleBasedStateMachine):
    """Two customers of one seller, for half a year."""

    fresh: Fresh

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.given = self.stack.enter_context(self.fresh())
        self.accounts: list[Account] = []
        self.runs: list[date] = []
        self.next = FIRST

    def teardown(self) -> None:
        with self.stack:
            if self.accounts:
                self.everything_is_billed_in_the_end()

    @initialize(
        currencies=st.lists(st.sampled_from(["EUR", "JPY", "KWD"]), min_size=2, max_size=2),
        firsts=st.lists(st.tuples(accounts, worlds.kinds()), min_size=1, max_size=4),
        data=st.data(),
    )
    def begin(self, currencies: list[str], firsts: list[tuple[int, worlds.Kind]], data: st.DataObject) -> None:
        self.given.tax_rate("0.19", valid_to="2024-03-01")
        self.given.tax_rate("0.16", valid_from="2024-03-01")
        for currency, name in zip(currencies, "xy", strict=True):
            self.accounts.append(Account(given=self.given, currency=currency, name=name))
        for account, kind in firsts:
            self.subscribe(account, kind, data)

    # What is agreed.

    @rule(account=accounts, kind=worlds.kinds(), data=st.data())
    def subscribe(self, account: int, kind: worlds.Kind, data: st.DataObject) -> None:
        one = self.accounts[account]
        if len(one.plans) == MOST_SUBSCRIPTIONS:
            return
        prices = worlds.usage_prices() if kind.is_usage else worlds.flat_prices()
        plans = one.family(kind, [data.draw(prices), data.draw(prices)])
        one.subscribe(kind, data.draw(worlds.some_phases(plans)))

    @rule(account=accounts, place=places, data=st.data())
    def change_phases(self, account: int, place: int, data: st.DataObject) -> None:
        one = self.accounts[account]
        if place < len(one.plans):
            one.rephase(one.contract.subscriptions[place], data.draw(worlds.some_phases(one.plans[place])))

    @rule(account=accounts, place=places, is_second=st.booleans(), data=st.data())
    def price(self, account: int, place: int, is_second: bool, data: st.DataObject) -> None:
        one = self.accounts[account]
        if place < len(one.plans):
            plan = one.plans[place][is_second]
            one.price(plan, data.draw(worlds.later_prices(is_usage=plan.metric is not None)))

    @rule(account=accounts, place=places, drawn=worlds.discounts())
    def discount(self, account: int, place: int, drawn: Discount) -> None:
        self.accounts[account].discount(place, drawn)

    @rule(account=accounts, place=places, drawn=worlds.commitments())
    def commitment(self, account: int, place: int, drawn: Commitment) -> None:
        self.accounts[account].commitment(place, drawn)

    @rule(account=accounts, place=places, drawn=worlds.charges())
    def charge(self, account: int, place: int, drawn: OneOff) -> None:
        self.accounts[account].charge(place, drawn)

    # What is used.

    @rule(account=accounts, on=worlds.days_of_use, units=worlds.units, properties=worlds.properties)
    def use(self, account: int, on: date, units: Fraction, properties: dict[str, str]) -> None:
        one = self.accounts[account]
        for plan, _ in one.plans:
            if plan.metric:
                one.use(plan.metric, on, units, properties)

    # What is billed.

    @precondition(lambda self: self.next <= LAST)
    @rule(is_left_out=st.sampled_from([False, False, False, True]))
    def run_next(self, is_left_out: bool) -> None:
        month = months_later(self.next, 1) if is_left_out else self.next
        self.next = months_later(month, 1)
        self.run(month)

    @precondition(lambda self: bool(self.runs))
    @rule(back=st.integers(0, 5))
    def run_again(self, back: int) -> None:
        self.run(sorted(self.runs)[-1 - back % len(self.runs)])

    @precondition(lambda self: bool(self.runs))
    @rule()
    def deliver(self) -> None:
        self.given.deliver()

    @precondition(lambda self: any(one.book.invoices for one in self.accounts))
    @rule(account=accounts, back=st.integers(0, 5), is_waived=st.booleans())
    def void(self, account: int, back: int, is_waived: bool) -> None:
        one = self.accounts[account]
        place = len(one.book.invoices) - 1 - back
        if place < 0:
            return
        booked, stored = one.book.invoices[place], self.given.invoices(one.customer)[place]
        later = [invoice for invoice in one.book.invoices[place + 1 :] if not invoice.is_void]
        is_built_on = any(booked.services.keys() & invoice.services.keys() for invoice in later)
        if self.is_voided(stored, is_waived=is_waived, may_refuse=booked.is_void or is_built_on):
            assert booked.is_void or not is_built_on
            booked.is_void, booked.is_waived = True, is_waived

    def is_voided(self, stored: Invoice, *, is_waived: bool, may_refuse: bool) -> bool:
        """Whether the engine does it; what money has touched it refuses."""
        try:
            self.given.void(stored, on=LATER, is_waived=is_waived)
        except psycopg.errors.ObjectNotInPrerequisiteState as refusal:
            if may_refuse or "paid" in str(refusal) or "credited" in str(refusal):
                return False
            raise
        return True

    @precondition(lambda self: any(one.book.invoices for one in self.accounts))
    @rule(account=accounts, back=st.integers(0, 5))
    def credit(self, account: int, back: int) -> None:
        invoices = self.given.invoices(self.accounts[account].customer)
        invoice = invoices[-1 - back % len(invoices)] if invoices else None
        if invoice and invoice.status == "issued" and invoice.total > 1:
            query = "select billing.credit_invoice(%s, null, 1, 'kindness', %s, true)"
            self.given.connection.execute(query, (invoice.invoice_number, LATER))

    def run(self, month: date) -> None:
        self.given.run(f"{month:%Y-%m}", as_of=LATER)
        is_latest = month >= max(self.runs, default=month)
        for one in self.accounts:
            found = one.invoiced(month)
            taken = None if is_latest else {service_of(key) for key in found}
            lines = one.book.run(one.contract, month, self.runs, taken)
            if lines is not None:
                assert differing(found, {line.key: comparable(line) for line in lines}) == [], (one.name, month)
        if month not in self.runs:
            self.runs.append(month)

    # What is true after every step.

    @invariant()
    def sums_are_those_of_the_model(self) -> None:
        for one in self.accounts:
            billed = {key: comparable(line) for key, line in one.book.billed().items()}
            assert differing(one.billed(), billed) == []

    @invariant()
    def second_path_agrees(self) -> None:
        query = "select * from billing.rating_differences('2020-01-01', '2030-01-01')"
        assert self.given.connection.execute(query).fetchall() == []

    @invariant()
    def only_what_waits_is_named(self) -> None:
        assert [row for row in self.given.broken() if row[0] not in WAITS] == []

    def everything_is_billed_in_the_end(self) -> None:
        for until in (months_later(LAST, 1), months_later(LAST, 2)):
            for month in [*sorted(self.runs), until]:
                self.run(month)
        for one in self.accounts:
            assert differing(substantial(one.billed()), substantial(self.settled(one))) == []
        self.second_path_agrees()
        assert [row for row in self.given.broken() if row[0] != LEFT_OUT] == []

    def settled(self, one: Account) -> dict[str, Line]:
        """What is owed of all services that were due in a month that was run, or billed before, or are charged once."""
        until = months_later(max(self.runs), 1)
        billed = one.book.services()
        return {
            charge.key: comparable(as_line(charge, kind=""))
            for charge in owed(one.contract, until)[1]
            for service in [charge.service]
            if service.due <= until and (service.month in self.runs or service.key in billed or charge.kind == "charge")
        }


def substantial(lines: dict[str, Line]) -> dict[str, Line]:
    """Those that are of any amount, or quantity."""
    return {
        key: line
        for key, line in lines.items()
        if line.amount or line.gross or (line.quantity and kind_of(key) not in SUMS)
    }


@pytest.mark.slow
def test_invoices_bill_what_the_model_says_is_owed(fresh: Fresh) -> None:
    class Machine(ContractsMachine):
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
