"""Accounts as the database and the model know them: what is agreed with one is written to both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests.contracts_book import Book, Line, comparable
from tests.contracts_terms import BEGINNING, FOREVER, Contract, Event, Plan, Subscription
from tests.reference import DECIMALS
from tests.worlds import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tests.contract_worlds import Kind
    from tests.contracts_terms import Commitment, Discount, OneOff, Phase, Price
    from tests.given import Given

LATER = "2026-01-01"
DIMENSIONS = ["model", "region"]


def day(value: date) -> str | None:
    """A day as PostgreSQL reads it; none: for ever."""
    return None if value == FOREVER else "-infinity" if value == BEGINNING else value.isoformat()


def maybe(value: Fraction | None) -> str | None:
    """A number as PostgreSQL reads it, or none."""
    return None if value is None else text(value)


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

    def family(self, kind: Kind, prices: Sequence[Price]) -> tuple[Plan, ...]:
        """Plans that may follow each other in a subscription."""
        number = len(self.plans)
        metric = f"{self.name}{number}" if kind.is_usage else None
        if metric:
            key = self.given.metric(metric)
            self.write("update billing.metrics set dimensions = %s where metric_id = %s", DIMENSIONS, key)
        found = []
        for letter, price in zip("ab", prices, strict=True):
            code = f"{self.name}{number}{letter}"
            plan = Plan(code=code, metric=metric, prices=[], interval=kind.interval, is_advance=kind.is_advance)
            self.keys[code] = self._plan(plan)
            self.price(plan, price)
            found.append(plan)
        self.plans.append(tuple(found))
        return self.plans[-1]

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
        is_plain = plan.metric is None
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

    def subscribe(self, kind: Kind, phases: list[Phase]) -> None:
        first, *others = phases
        anchor, prices_as_of = kind.anchor, kind.prices_as_of
        with self.given.connection.transaction():
            key = self.given.subscription(
                self.customer,
                self.keys[first.plan.code],
                quantity=text(first.quantity),
                starts=day(first.starts) or "",
                ends=day(first.ends),
                code=f"S{len(self.contract.subscriptions)}",
                anchor=None if anchor is None else day(anchor),
                prices_as_of=None if prices_as_of is None else day(prices_as_of),
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

    def discount(self, place: int, drawn: Discount) -> None:
        """A new one, or one that is changed."""
        known = self.contract.discounts
        one = replace(drawn, plans=self._scope(drawn.plans), code=f"D{min(place, len(known))}")
        terms = {"percent": maybe(one.percent), "amount": maybe(one.amount), **self._span(one)}
        if place < len(known):
            one.key = known[place].key
            self._change("discount", one.key, terms)
            known[place] = one
        else:
            one.key = self._add("discount", one.code, terms)
            known.append(one)

    def commitment(self, place: int, drawn: Commitment) -> None:
        """A new one, or one that is changed."""
        known = self.contract.commitments
        one = replace(drawn, plans=self._scope(drawn.plans))
        bounds = {"minimum": maybe(one.minimum), "maximum": maybe(one.maximum)}
        terms = {**bounds, "interval_months": one.interval, **self._span(one)}
        if place < len(known):
            one.key = known[place].key
            self._change("commitment", one.key, terms)
            known[place] = one
        else:
            one.key = self._add("commitment", f"C{len(known)}", terms)
            known.append(one)

    def charge(self, place: int, drawn: OneOff) -> None:
        """A new one, or one that is changed."""
        known = self.contract.charges
        one = replace(drawn)
        if place < len(known):
            one.key = known[place].key
            self.write(
                "update billing.charges set quantity = %s, unit_amount = %s, due_on = %s where charge_id = %s",
                text(one.quantity),
                text(one.unit_amount),
                one.due,
                one.key,
            )
            known[place] = one
        else:
            due = one.due.isoformat()
            one.key = self.given.charge_once(self.customer, text(one.unit_amount), due=due, quantity=text(one.quantity))
            known.append(one)

    def _scope(self, places: frozenset[str]) -> frozenset[str]:
        return frozenset(f"{self.name}{place}" for place in places)

    def _span(self, one: Discount | Commitment) -> dict[str, object]:
        return {"starts_on": one.starts, "ends_on": day(one.ends), "plan_codes": sorted(one.plans)}

    def _change(self, what: str, key: int, terms: Mapping[str, object]) -> None:
        columns = ", ".join(f"{column} = %s" for column in terms)
        self.write(f"update billing.{what}s set {columns} where {what}_id = %s", *terms.values(), key)

    def _add(self, what: str, code: str, terms: Mapping[str, object]) -> int:
        key = self.given.value(
            f"insert into billing.{what}s ({what}_code, name, customer_id, currency, minor_units, {', '.join(terms)}) "
            f"select %s, 'as agreed', customer_id, currency, exponent, {', '.join(['%s'] * len(terms))} "
            "from billing.customers inner join billing.currencies using (currency) where customer_id = %s "
            f"returning {what}_id",
            code,
            *terms.values(),
            self.customer,
        )
        assert isinstance(key, int)
        return key

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
        return {
            key: comparable(Line(key=key, kind=kind, quantity=quantity, gross=gross, amount=amount))
            for key, kind, *numbers in rows
            for quantity, gross, amount in [map(Fraction, numbers)]
        }
