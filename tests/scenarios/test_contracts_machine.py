"""Whatever is agreed, used, changed, run and voided: invoices bill what a small model in fractions says is owed.

The model (tests/contracts_model.py, tests/contracts_book.py) is written from the contract; after every step the sums of
standing lines are its own, the second path agrees, and `billing check` names only what waits for a run.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import psycopg
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from tests import contract_worlds as worlds
from tests.contracts_book import as_line, kind_of, service_of
from tests.contracts_model import months_later, owed
from tests.contracts_shop import LATER, Account, comparable, differing
from tests.contracts_terms import FOREVER, Commitment, Discount, OneOff

if TYPE_CHECKING:
    from tests.scenarios.conftest import Fresh

FIRST = date(2024, 1, 1)
LAST = date(2024, 6, 1)
WAITS = {"what a void invoice billed is billed again", "no month between two runs is left out"}
accounts = st.integers(0, 1)
Kind = tuple[bool, int, bool, date | None, date | None]
kinds = st.tuples(
    st.booleans(),
    st.sampled_from([1, 1, 3, 6, 12]),
    st.booleans(),
    st.one_of(st.none(), worlds.days),
    st.one_of(st.none(), st.none(), worlds.days),
)
"""Whether usage, interval, whether in advance, anchor, prices as of."""
MAX = int(os.environ.get("MACHINE_EXAMPLES", "12"))
PHASES = [Phase.generate, Phase.shrink] if os.environ.get("SHRINK", "1") == "1" else [Phase.generate]
STEPS = int(os.environ.get("MACHINE_STEPS", "25"))


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
        try:
            if self.accounts:
                self.everything_is_billed_in_the_end()
        finally:
            self.stack.close()

    # What is agreed.

    @initialize(
        currencies=st.lists(st.sampled_from(["EUR", "JPY", "KWD"]), min_size=2, max_size=2),
        data=st.data(),
        firsts=st.lists(st.tuples(accounts, kinds), min_size=1, max_size=4),
    )
    def begin(self, currencies: list[str], data: st.DataObject, firsts: list[tuple[int, Kind]]) -> None:
        self.given.tax_rate("0.19", valid_to="2024-03-01")
        self.given.tax_rate("0.16", valid_from="2024-03-01")
        self.accounts = [
            Account(given=self.given, currency=currency, name=name) for currency, name in zip(currencies, "xy", strict=True)
        ]
        for account, kind in firsts:
            self.subscribe(account, data, kind)

    @precondition(lambda self: any(len(one.contract.subscriptions) < 3 for one in self.accounts))
    @rule(account=accounts, data=st.data(), kind=kinds)
    def subscribe(self, account: int, data: st.DataObject, kind: Kind) -> None:
        is_usage, interval, is_advance, anchor, as_of = kind
        one = self.accounts[account]
        if len(one.contract.subscriptions) >= 3:
            return
        price = worlds.usage_prices() if is_usage else worlds.flat_prices()
        plans = one.family(
            is_usage=is_usage,
            interval=1 if is_usage else interval,
            is_advance=is_advance and not is_usage,
            prices=(data.draw(price), data.draw(price)),
        )
        one.subscribe(data.draw(worlds.some_phases(plans)), anchor, as_of)

    @precondition(lambda self: any(one.contract.subscriptions for one in self.accounts))
    @rule(account=accounts, number=st.integers(0, 2), data=st.data())
    def change_phases(self, account: int, number: int, data: st.DataObject) -> None:
        one = self.accounts[account]
        if number < len(one.contract.subscriptions):
            one.rephase(one.contract.subscriptions[number], data.draw(worlds.some_phases(one.plans[number])))

    @precondition(lambda self: any(one.contract.subscriptions for one in self.accounts))
    @rule(account=accounts, number=st.integers(0, 2), second=st.booleans(), data=st.data(), is_own=st.booleans(),
          span=worlds.spans())
    def price(self, account: int, number: int, second: bool, data: st.DataObject, is_own: bool, span: tuple[date, date]) -> None:
        one = self.accounts[account]
        if number >= len(one.plans):
            return
        plan = one.plans[number][second]
        price = data.draw(worlds.usage_prices(span[0]) if plan.metric else worlds.flat_prices(span[0]))
        one.price(plan, worlds.as_own(price, span[1]) if is_own else price)

    @rule(account=accounts, number=st.integers(0, 2), span=worlds.spans(), percent=worlds.percents,
          amount=worlds.whole_amounts, is_fixed=st.booleans(), data=st.data())
    def discount(self, account: int, number: int, span: tuple[date, date], percent: Fraction, amount: Fraction, is_fixed: bool,
                 data: st.DataObject) -> None:
        one = self.accounts[account]
        known = one.contract.discounts
        discount = known[number] if number < len(known) else Discount(key=0, code=f"D{len(known)}", starts=FIRST, ends=FOREVER)
        discount.starts, discount.ends = span
        discount.percent, discount.amount = (None, amount) if is_fixed else (percent, None)
        discount.plans = data.draw(self.scopes(one))
        one.discount(discount)

    @rule(account=accounts, number=st.integers(0, 1), span=worlds.spans(), bounds=st.tuples(worlds.whole_amounts, worlds.whole_amounts),
          which=st.sampled_from(["minimum", "maximum", "both"]), interval=st.sampled_from([1, 1, 3, 12]), data=st.data())
    def commitment(self, account: int, number: int, span: tuple[date, date], bounds: tuple[Fraction, Fraction], which: str,
                   interval: int, data: st.DataObject) -> None:
        one = self.accounts[account]
        known = one.contract.commitments
        commitment = known[number] if number < len(known) else Commitment(key=0, starts=FIRST, ends=FOREVER)
        commitment.starts, commitment.ends = span
        commitment.interval = interval
        commitment.minimum = None if which == "maximum" else min(bounds)
        commitment.maximum = None if which == "minimum" else max(bounds)
        commitment.plans = data.draw(self.scopes(one))
        one.commitment(commitment)

    @rule(account=accounts, number=st.integers(0, 2), quantity=worlds.quantities, amount=worlds.fees, is_credit=st.booleans(),
          due=worlds.days_of_use)
    def charge(self, account: int, number: int, quantity: Fraction, amount: Fraction, is_credit: bool, due: date) -> None:
        one = self.accounts[account]
        known = one.contract.charges
        charge = known[number] if number < len(known) else OneOff(key=0, quantity=quantity, unit_amount=amount, due=due)
        charge.quantity, charge.unit_amount, charge.due = quantity, -amount if is_credit else amount, due
        one.charge(charge)

    def scopes(self, one: Account) -> st.SearchStrategy[frozenset[str]]:
        codes = [plan.code for plans in one.plans for plan in plans]
        return st.frozensets(st.sampled_from(codes), max_size=3) if codes else st.just(frozenset())

    # What is used.

    @precondition(lambda self: any(plans[0].metric for one in self.accounts for plans in one.plans))
    @rule(account=accounts, number=st.integers(0, 2), on=worlds.days_of_use, units=worlds.units, properties=worlds.properties)
    def use(self, account: int, number: int, on: date, units: Fraction, properties: dict[str, str]) -> None:
        one = self.accounts[account]
        if number < len(one.plans) and (metric := one.plans[number][0].metric):
            one.use(metric, on, units, properties)

    # What is billed.

    @precondition(lambda self: self.next <= LAST)
    @rule(is_left_out=st.sampled_from([False, False, False, True]))
    def run_next(self, is_left_out: bool) -> None:
        month = months_later(self.next, 1) if is_left_out else self.next
        self.next = months_later(month, 1)
        self.run(month)

    @precondition(lambda self: bool(self.runs))
    @rule(number=st.integers(0, 5))
    def run_again(self, number: int) -> None:
        self.run(self.runs[number % len(self.runs)])

    @precondition(lambda self: bool(self.runs))
    @rule()
    def deliver(self) -> None:
        self.given.deliver()

    @precondition(lambda self: any(one.book.invoices for one in self.accounts))
    @rule(account=accounts, number=st.integers(0, 5), is_waived=st.booleans())
    def void(self, account: int, number: int, is_waived: bool) -> None:
        one = self.accounts[account]
        if number >= len(one.book.invoices):
            return
        number = len(one.book.invoices) - 1 - number
        booked, stored = one.book.invoices[number], self.given.invoices(one.customer)[number]
        is_built_on = any(
            booked.services.keys() & later.services.keys() for later in one.book.invoices[number + 1 :] if not later.is_void
        )
        try:
            self.given.void(stored, on=LATER, is_waived=is_waived)
        except psycopg.errors.ObjectNotInPrerequisiteState as refusal:
            assert booked.is_void or is_built_on or "paid" in str(refusal) or "credited" in str(refusal), refusal
            return
        assert booked.is_void or not is_built_on
        booked.is_void, booked.is_waived = True, is_waived

    @precondition(lambda self: any(one.book.invoices for one in self.accounts))
    @rule(account=accounts, number=st.integers(0, 5))
    def credit(self, account: int, number: int) -> None:
        one = self.accounts[account]
        if number >= len(one.book.invoices):
            return
        invoice = self.given.invoices(one.customer)[number]
        if invoice.status == "issued" and invoice.total > 1:
            self.given.connection.execute(
                "select billing.credit_invoice(%s, null, 1, 'kindness', %s, true)", (invoice.invoice_number, LATER)
            )

    def run(self, month: date) -> None:
        self.given.run(f"{month:%Y-%m}", as_of=LATER)
        is_latest = month >= max(self.runs, default=month)
        for one in self.accounts:
            found = one.invoiced(month)
            expected = one.book.run(one.contract, month, self.runs, None if is_latest else {service_of(key) for key in found})
            if expected is not None:
                wrong = differing(found, {line.key: comparable(line) for line in expected}, of_kind=True)
                assert wrong == [], (one.name, month)
        if month not in self.runs:
            self.runs.append(month)

    @invariant()
    def sums_are_those_of_the_model(self) -> None:
        for one in self.accounts:
            assert differing(one.billed(), {key: comparable(line) for key, line in one.book.billed().items()}, of_kind=False) == []

    @invariant()
    def second_path_agrees(self) -> None:
        rows = self.given.connection.execute("select * from billing.rating_differences('2020-01-01', '2030-01-01')")
        assert rows.fetchall() == []

    @invariant()
    def only_what_waits_is_named(self) -> None:
        broken = self.given.broken()
        assert [row for row in broken if row[0] not in WAITS] == []

    def everything_is_billed_in_the_end(self) -> None:
        for month in [*sorted(self.runs), months_later(LAST, 1)]:
            self.run(month)
        for month in [*sorted(self.runs), months_later(LAST, 2)]:
            self.run(month)
        until = months_later(LAST, 3)
        for one in self.accounts:
            _, charges = owed(one.contract, until)
            billed = one.book.services()
            owes = {
                charge.key: comparable(as_line(charge))
                for charge in charges
                if charge.service.month in self.runs or charge.service.key in billed
                or (kind_of(charge.key) == "charge" and charge.service.due <= until)
            }
            found = {key: line for key, line in one.billed().items() if line.amount or line.gross or (line.quantity and kind_of(key) not in ("minimum", "maximum", "discount", "proration"))}
            owes = {key: line for key, line in owes.items() if line.amount or line.gross or line.quantity and kind_of(key) not in ("minimum", "maximum", "discount", "proration")}
            assert differing(found, owes, of_kind=False) == []
        self.second_path_agrees()
        assert [row for row in self.given.broken() if row[0] != "no month between two runs is left out"] == []


def test_invoices_bill_what_the_model_says_is_owed(fresh: Fresh) -> None:
    class Machine(ContractsMachine):
        pass

    Machine.fresh = staticmethod(fresh)
    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=MAX, stateful_step_count=STEPS, suppress_health_check=list(HealthCheck), deadline=None, phases=PHASES, report_multiple_bugs=False),
    )
