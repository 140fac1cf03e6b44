"""Accounts as the database and the model know them: what is agreed with one is written to both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.contracts_book import SUMS, Book, Line, kind_of
from tests.contracts_terms import BEGINNING, FOREVER, Commitment, Contract, Discount, Event, OneOff, Plan, Subscription
from tests.reference import DECIMALS
from tests.worlds import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.contracts_terms import Phase, Price
    from tests.given import Given

LATER = "2026-01-01"
DIMENSIONS = ["model", "region"]


def day(value: date) -> str | None:
    """A day as PostgreSQL reads it; none: for ever."""
    return None if value == FOREVER else "-infinity" if value == BEGINNING else value.isoformat()


@dataclass(kw_only=True)
class Account:
    """A customer."""

    given: Given
    currency: str
    name: str
    customer: int = 0
    book: Book = field(default_factory=Book)
    plans: list[tuple[Plan, ...]] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.customer = self.given.customer(currency=self.currency)
        self.contract = Contract(decimals=DECIMALS[self.currency])

    def write(self, query: str, *values: object) -> None:
        self.given.connection.execute(query.encode(), values)

    # What is sold.

    def family(self, *, is_usage: bool, interval: int, is_advance: bool, prices: tuple[Price, ...]) -> tuple[Plan, ...]:
        """Plans that may follow each other in a subscription."""
        number = len(self.plans)
        metric = f"{self.name}{number}" if is_usage else None
        if metric:
            key = self.given.metric(metric)
            self.write("update billing.metrics set dimensions = %s where metric_id = %s", DIMENSIONS, key)
        plans = tuple(
            Plan(code=f"{self.name}{number}{letter}", metric=metric, prices=[], interval=interval, is_advance=is_advance)
            for letter, _ in zip("ab", prices, strict=True)
        )
        for plan, price in zip(plans, prices, strict=True):
            self.keys[plan.code] = self._plan(plan)
            self.price(plan, price)
        self.plans.append(plans)
        return plans

    def _plan(self, plan: Plan) -> int:
        found = self.given.value(
            """
            insert into billing.pricing_plans (plan_code, name, kind, metric_id, interval_months, billed_in)
            values (%s, %s, %s, (select metric_id from billing.metrics where metric = %s), %s, %s) returning plan_id
            """,
            plan.code,
            plan.code,
            "usage" if plan.metric else "flat",
            plan.metric,
            plan.interval,
            "advance" if plan.is_advance else "arrears",
        )
        assert isinstance(found, int)
        return found

    def price(self, plan: Plan, price: Price) -> None:
        """A price more, unless there is one from that day."""
        if any((one.valid_from, one.is_own) == (price.valid_from, price.is_own) for one in plan.prices):
            return
        plan.prices.append(price)
        ladders = {
            cell.cell: (
                cell.where,
                [
                    (None if tier.up_to is None else text(tier.up_to), text(tier.unit_amount), text(tier.flat_amount))
                    for _, tier in cell.tiers
                ],
            )
            for cell in price.cells
        }
        (first, *_) = price.cells
        is_plain = first.tiers[0][0] is None
        with self.given.connection.transaction():
            self.given.price(
                self.keys[plan.code],
                model=price.model,
                unit_amount=text(first.tiers[0][1].unit_amount) if is_plain else None,
                cells=None if is_plain else ladders,  # type: ignore[arg-type] # a price of one cell has none by name
                package_size=text(price.package_size) if price.package_size else None,
                currency=self.currency,
                customer=self.customer if price.is_own else None,
                valid_from=day(price.valid_from) or "",
                valid_to=day(price.valid_to),
            )

    # What is agreed.

    def subscribe(self, phases: list[Phase], anchor: date | None, prices_as_of: date | None) -> None:
        first, *others = phases
        with self.given.connection.transaction():
            key = self.given.subscription(
                self.customer,
                self.keys[first.plan.code],
                quantity=text(first.quantity),
                starts=day(first.starts) or "",
                ends=day(first.ends),
                code=f"S{len(self.contract.subscriptions)}",
                anchor=anchor and anchor.isoformat(),
                prices_as_of=prices_as_of and prices_as_of.isoformat(),
                is_trial=first.is_trial,
            )
            for phase in others:
                self._phase(key, phase)
        self.contract.subscriptions.append(
            Subscription(key=key, phases=phases, anchor=anchor, prices_as_of=prices_as_of)
        )

    def _phase(self, key: int, phase: Phase) -> None:
        self.given.phase(
            key,
            self.keys[phase.plan.code],
            quantity=text(phase.quantity),
            starts=day(phase.starts) or "",
            ends=day(phase.ends),
            is_trial=phase.is_trial,
        )

    def rephase(self, one: Subscription, phases: list[Phase]) -> None:
        """Other phases: rows that are not there any more cover no day, as a load leaves them."""
        stored = {phase.starts: phase for phase in one.phases}
        wanted = {phase.starts: phase for phase in phases}
        kept = {starts: wanted.get(starts, replace(phase, ends=starts)) for starts, phase in stored.items()}
        shorter_first = sorted(kept.items(), key=lambda item: item[1].ends > stored[item[0]].ends)
        with self.given.connection.transaction():
            for starts, phase in shorter_first:
                if phase != stored[starts]:
                    self.write(
                        """
                        update billing.subscription_phases
                        set plan_id = %s, quantity = %s, ends_on = %s, is_trial = %s
                        where subscription_id = %s and starts_on = %s
                        """,
                        self.keys[phase.plan.code],
                        text(phase.quantity),
                        day(phase.ends),
                        phase.is_trial,
                        one.key,
                        starts,
                    )
            for starts, phase in wanted.items():
                if starts not in stored:
                    self._phase(one.key, phase)
        one.phases = [*kept.values(), *(phase for starts, phase in wanted.items() if starts not in stored)]

    def discount(self, one: Discount) -> None:
        """A new one, or one that is changed."""
        if one.key:
            self.write(
                "update billing.discounts set percent = %s, amount = %s, starts_on = %s, ends_on = %s, plan_codes = %s "
                "where discount_id = %s",
                None if one.percent is None else text(one.percent),
                None if one.amount is None else text(one.amount),
                one.starts,
                day(one.ends),
                sorted(one.plans),
                one.key,
            )
            return
        one.key = self.given.discount(
            self.customer,
            percent=None if one.percent is None else text(one.percent),
            amount=None if one.amount is None else text(one.amount),
            code=one.code,
            starts=day(one.starts) or "",
            ends=day(one.ends),
            plans=sorted(one.plans),
        )
        self.contract.discounts.append(one)

    def commitment(self, one: Commitment) -> None:
        """A new one, or one that is changed."""
        minimum, maximum = (None if each is None else text(each) for each in (one.minimum, one.maximum))
        if one.key:
            self.write(
                "update billing.commitments set minimum = %s, maximum = %s, starts_on = %s, ends_on = %s, "
                "plan_codes = %s, interval_months = %s where commitment_id = %s",
                minimum,
                maximum,
                one.starts,
                day(one.ends),
                sorted(one.plans),
                one.interval,
                one.key,
            )
            return
        one.key = self.given.commitment(
            self.customer,
            minimum=minimum,
            maximum=maximum,
            interval_months=one.interval,
            starts=day(one.starts) or "",
            ends=day(one.ends),
            plans=sorted(one.plans),
        )
        self.contract.commitments.append(one)

    def charge(self, one: OneOff) -> None:
        """A new one, or one that is changed."""
        if one.key:
            self.write(
                "update billing.charges set quantity = %s, unit_amount = %s, due_on = %s where charge_id = %s",
                text(one.quantity),
                text(one.unit_amount),
                one.due,
                one.key,
            )
            return
        one.key = self.given.charge(
            self.customer, text(one.unit_amount), due=one.due.isoformat(), quantity=text(one.quantity)
        )
        self.contract.charges.append(one)

    def use(self, metric: str, on: date, units: Fraction, properties: Mapping[str, str]) -> None:
        self.given.usage(self.customer, text(units), on=on.isoformat(), metric=metric, properties=properties)
        self.contract.events.append(Event(metric=metric, day=on, units=units, properties=properties))

    # What is billed.

    def billed(self) -> dict[str, Line]:
        """Sums of standing lines."""
        return self._lines(
            "select charge_key, '', sum(quantity), sum(gross_amount), sum(lines.amount) "
            "from billing.invoice_line_items as lines inner join billing.invoices using (invoice_id) "
            "where customer_id = %s and (status <> 'void' or waived_on is not null) group by charge_key",
            self.customer,
        )

    def invoiced(self, month: date) -> dict[str, Line]:
        """Lines of the standing invoice of a month."""
        return self._lines(
            "select charge_key, lines.kind, quantity, gross_amount, lines.amount "
            "from billing.invoice_line_items as lines inner join billing.invoices using (invoice_id) "
            "where customer_id = %s and period_start = %s and status <> 'void'",
            self.customer,
            month,
        )

    def _lines(self, query: str, *values: object) -> dict[str, Line]:
        rows = self.given.connection.execute(query.encode(), values).fetchall()
        return {key: comparable(Line(key=key, kind=kind, quantity=Fraction(quantity), gross=Fraction(gross), amount=Fraction(amount))) for key, kind, quantity, gross, amount in rows}


def comparable(line: Line) -> Line:
    """Without the quantity of what is an amount."""
    return replace(line, quantity=Fraction(1)) if kind_of(line.key) in SUMS else line


def differing(found: Mapping[str, Line], expected: Mapping[str, Line], *, of_kind: bool) -> list[tuple[str, str, str]]:
    """Charges told otherwise: key, what the engine has, what the model has."""

    def shown(line: Line | None) -> str:
        if line is None:
            return "-"
        kind = f"{line.kind} " if of_kind else ""
        return f"{kind}{float(line.quantity)} {float(line.gross)} {float(line.amount)}"

    return [
        (key, shown(found.get(key)), shown(expected.get(key)))
        for key in sorted(found.keys() | expected.keys())
        if shown(found.get(key)) != shown(expected.get(key))
    ]
