"""However a month's usage trickles in, and whatever happens to the invoices meanwhile, the whole is billed once.

A story is a list of steps over four months: usage arrives, months are run (again), missing prices are loaded,
invoices are voided. After its end, with every month run once more, the lines of each month of service add up to
pricing the month's usage in one go: per tier, to the cent.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import reference
from tests.reference import DECIMALS, Event, Plan, Subscription, Tier
from tests.worlds import decimals, flat_amounts, prices, text, usage_plans

if TYPE_CHECKING:
    from tests.given import Given
    from tests.scenarios.conftest import Fresh

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
LAST = "2026-05"
CURRENCIES = ("EUR", "JPY", "KWD")
LATER = "2027-06-01"

Charges = dict[tuple[int, bool], tuple[Fraction, Fraction]]


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """A customer with one usage plan at a time; those with a cap have no price above it until one is loaded."""

    currency: str
    plans: tuple[Plan, ...]
    change: date | None
    cap: Fraction | None

    @property
    def subscriptions(self) -> list[Subscription]:
        if self.change is None:
            return [Subscription(plan=self.plans[0], starts=date(2025, 6, 1))]
        return [
            Subscription(plan=self.plans[0], starts=date(2025, 6, 1), ends=self.change),
            Subscription(plan=self.plans[1], starts=self.change),
        ]


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something happens: to a buyer, or to all."""

    action: str
    buyer: int
    month: str
    day: int
    units: Fraction


@dataclass
class Story:
    """The buyers as the database knows them, and what they used."""

    given: Given
    buyers: list[Buyer]
    customers: list[int] = field(default_factory=list)
    keys: dict[tuple[int, int], int] = field(default_factory=dict)
    capped: dict[int, int] = field(default_factory=dict)
    events: dict[int, list[Event]] = field(default_factory=lambda: defaultdict(list))


@st.composite
def buyers(draw: st.DrawFn) -> Buyer:
    change = draw(st.one_of(st.none(), st.dates(date(2026, 1, 2), date(2026, 3, 30))))
    plans = tuple(draw(usage_plans(code=f"plan-{number}")) for number in range(2 if change else 1))
    cap = draw(st.one_of(st.none(), decimals(low=501, high=900, places=2)))
    if cap is None or plans[0].model not in {"graduated", "volume"}:
        return Buyer(currency=draw(st.sampled_from(CURRENCIES)), plans=plans, change=change, cap=None)
    *lower, last = plans[0].tiers
    above = Tier(up_to=None, unit_amount=draw(prices), flat_amount=draw(flat_amounts))
    tiers = (*lower, Tier(up_to=cap, unit_amount=last.unit_amount, flat_amount=last.flat_amount), above)
    capped = Plan(code=plans[0].code, model=plans[0].model, tiers=tiers)
    return Buyer(currency=draw(st.sampled_from(CURRENCIES)), plans=(capped, *plans[1:]), change=change, cap=cap)


def some_steps(latest: str) -> st.SearchStrategy[list[Step]]:
    """What can happen before the run of a month: anything to it and to the months before."""
    step = st.builds(
        Step,
        action=st.sampled_from(["usage", "usage", "usage", "void", "void", "run", "price"]),
        buyer=st.integers(0, 1),
        month=st.sampled_from([month for month in MONTHS if month <= latest]),
        day=st.integers(1, 28),
        units=st.one_of(decimals(low=0, high=300, places=3), decimals(low=0, high=900, places=6)),
    )
    return st.lists(step, max_size=5)


@st.composite
def plots(draw: st.DrawFn) -> list[Step]:
    """Month after month is run, with whatever happens in between."""
    return [
        step
        for month in MONTHS
        for step in [
            *draw(some_steps(month)),
            Step(action="run", buyer=0, month=month, day=1, units=Fraction(0)),
        ]
    ] + draw(some_steps(MONTHS[-1]))


WAITS_FOR_ITS_MONTH = "what a void invoice billed is billed again"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(people=st.lists(buyers(), min_size=2, max_size=2), plot=plots())
def test_late_usage_adds_up_to_the_one_sum(fresh: Fresh, people: list[Buyer], plot: list[Step]) -> None:
    with fresh() as given_:
        story = _begin(given_, people)
        for step in plot:
            _happen(story, step)
            assert [invariant for invariant, *_ in given_.broken() if invariant != WAITS_FOR_ITS_MONTH] == []
        for buyer in range(len(people)):
            _load_missing_price(story, buyer)
        for month in (*MONTHS, LAST, *MONTHS, LAST):
            given_.run(month, as_of=LATER)
        assert given_.broken() == []
        for buyer in range(len(people)):
            for month in MONTHS:
                assert _billed(story, buyer, month) == _one_sum(story, buyer, month), (buyer, month)


def _begin(given_: Given, people: list[Buyer]) -> Story:
    story = Story(given_, people)
    for number, buyer in enumerate(people):
        customer = given_.customer(currency=buyer.currency)
        story.customers.append(customer)
        for place, one in enumerate(buyer.subscriptions):
            tiers = one.plan.tiers[:-1] if place == 0 and buyer.cap else one.plan.tiers
            is_tiered = one.plan.model in {"graduated", "volume"}
            plan = given_.plan(
                one.plan.model,
                currency=buyer.currency,
                tiers=[(_bound(tier), text(tier.unit_amount), text(tier.flat_amount)) for tier in tiers]
                if is_tiered
                else [],
                unit_amount=None if is_tiered else text(one.plan.tiers[0].unit_amount),
                package_size=text(one.plan.package_size) if one.plan.package_size else None,
            )
            if place == 0 and buyer.cap:
                story.capped[number] = plan
            ends = one.ends.isoformat() if one.ends else None
            story.keys[number, place] = given_.subscription(customer, plan, starts=one.starts.isoformat(), ends=ends)
    return story


def _bound(tier: Tier) -> str | None:
    return None if tier.up_to is None else text(tier.up_to)


def _happen(story: Story, step: Step) -> None:
    customer = story.customers[step.buyer]
    match step.action:
        case "usage":
            day = f"{step.month}-{step.day:02}"
            story.given.usage(customer, text(step.units), on=day)
            story.events[step.buyer].append(Event(metric="api_calls", day=date.fromisoformat(day), units=step.units))
        case "run":
            story.given.run(step.month, as_of=LATER)
            story.given.deliver()
        case "void":
            for invoice in reversed(story.given.invoices(customer)):
                if f"{invoice.period_start:%Y-%m}" == step.month and invoice.status == "issued":
                    with suppress(psycopg.errors.ObjectNotInPrerequisiteState):
                        story.given.void(invoice)
        case "price":
            _load_missing_price(story, step.buyer)


def _load_missing_price(story: Story, buyer: int) -> None:
    plan = story.capped.pop(buyer, None)
    if plan is not None:
        tiers = story.buyers[buyer].plans[0].tiers
        story.given.connection.execute(
            """
            insert into billing.price_tiers (
                price_id, cell_position, tier_position, tier, up_to, unit_amount, flat_amount
            )
            select price_id, 1, %s, 'Above', null, %s, %s from billing.prices where plan_id = %s
            """,
            (len(tiers), text(tiers[-1].unit_amount), text(tiers[-1].flat_amount), plan),
        )


def _billed(story: Story, buyer: int, month: str) -> dict[int, Charges]:
    rows = story.given.connection.execute(
        """
        select subscription_id, tier_position, is_tier_flat_amount, sum(quantity), sum(amount)
        from billing.invoice_line_items inner join billing.invoices using (invoice_id)
        where customer_id = %s and service_period_start = %s and status <> 'void'
        group by 1, 2, 3 having sum(quantity) <> 0 or sum(amount) <> 0
        """,
        (story.customers[buyer], f"{month}-01"),
    ).fetchall()
    billed: dict[int, Charges] = defaultdict(dict)
    for subscription, tier, is_flat_amount, quantity, amount in rows:
        billed[subscription][tier, is_flat_amount] = (Fraction(quantity), Fraction(amount))
    return billed


def _one_sum(story: Story, buyer: int, month: str) -> dict[int, Charges]:
    first = date.fromisoformat(f"{month}-01")
    cost: dict[int, Charges] = {}
    for place, one in enumerate(story.buyers[buyer].subscriptions):
        charges = reference.charges(one.plan, reference.usage_of(one, first, story.events[buyer]))
        if charges:
            cost[story.keys[buyer, place]] = {
                (charge.tier, charge.is_flat_amount): (
                    charge.quantity,
                    reference.rounded(charge.exact, DECIMALS[story.buyers[buyer].currency]),
                )
                for charge in charges
            }
    return cost
