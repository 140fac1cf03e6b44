"""Random customers, plans, subscriptions and usage: each invoice is the one that fractions and loops arrive at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import reference
from tests.reference import DECIMALS, Event, Plan, Subscription, Tier
from tests.worlds import decimals, prices, text, usage_plans

if TYPE_CHECKING:
    from tests.given import Given
    from tests.scenarios.conftest import Fresh

MONTHS = (date(2024, 2, 1), date(2025, 12, 1), date(2026, 2, 1), date(2026, 4, 1))
METRICS = ("api_calls", "storage")


@dataclass(frozen=True, kw_only=True)
class Buyer:
    """A customer with all that is bought and used in one month."""

    currency: str
    rate: Fraction
    subscriptions: tuple[Subscription, ...]
    events: tuple[Event, ...]


@st.composite
def buyers(draw: st.DrawFn, month: date) -> Buyer:
    days = st.integers(-5, 35).map(lambda offset: month + timedelta(days=offset))
    subscriptions: list[Subscription] = []
    for metric in METRICS[: draw(st.integers(0, 2))]:
        change = draw(st.one_of(st.none(), days))
        starts = date(2023, 1, 1)
        if change is not None:
            plan = draw(usage_plans(code=f"{metric}-{draw(st.sampled_from('aB'))}", metric=metric))
            subscriptions.append(Subscription(plan=plan, starts=starts, ends=change))
            starts = change
        plan = draw(usage_plans(code=f"{metric}-x", metric=metric))
        subscriptions.append(Subscription(plan=plan, starts=starts))
    for number in range(draw(st.integers(0, 3))):
        plan = Plan(
            code=f"{draw(st.sampled_from('aZ'))}-flat-{number}",
            model="flat",
            tiers=(Tier(up_to=None, unit_amount=draw(prices)),),
            metric=None,
        )
        starts, length = draw(days), draw(st.one_of(st.none(), st.integers(0, 40)))
        ends = None if length is None else starts + timedelta(days=length)
        quantity = draw(decimals(low=1, high=20, places=2))
        subscriptions.append(Subscription(plan=plan, starts=starts, ends=ends, quantity=quantity))
    event = st.builds(Event, metric=st.sampled_from(METRICS), day=days, units=decimals(low=0, high=400, places=6))
    return Buyer(
        currency=draw(st.sampled_from(sorted(DECIMALS))),
        rate=draw(st.integers(0, 300)) * Fraction(1, 1000),
        subscriptions=tuple(subscriptions),
        events=tuple(draw(st.lists(event, max_size=6))),
    )


worlds = st.sampled_from(MONTHS).flatmap(
    lambda month: st.tuples(st.just(month), st.lists(buyers(month), min_size=1, max_size=10))
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(world=worlds)
def test_each_invoice_is_the_one_of_the_reference(fresh: Fresh, world: tuple[date, list[Buyer]]) -> None:
    month, people = world
    period = f"{month:%Y-%m}"
    with fresh() as given_:
        customers = [_load(given_, number, buyer) for number, buyer in enumerate(people)]
        given_.run(period)
        given_.deliver()
        assert given_.broken() == []
        for customer, buyer in zip(customers, people, strict=True):
            expected = reference.invoice_lines(buyer.subscriptions, month, buyer.events, DECIMALS[buyer.currency])
            assert _lines(given_, customer, period) == expected
            if expected:
                invoice = given_.invoice(customer, period)
                subtotal = sum((line.amount for line in expected), Fraction(0))
                tax = reference.tax(expected, buyer.rate, DECIMALS[buyer.currency])
                assert (Fraction(invoice.subtotal), Fraction(invoice.tax)) == (subtotal, tax)
                assert Fraction(invoice.total) == subtotal + tax


def _load(given_: Given, number: int, buyer: Buyer) -> int:
    """Plan codes begin with what the reference sorts by; each customer has plans and a tax region of its own."""
    given_.tax_rate(text(buyer.rate), country="US", region=str(number))
    customer = given_.customer(currency=buyer.currency, country="US", region=str(number))
    for one in buyer.subscriptions:
        is_tiered = one.plan.model in {"graduated", "volume"}
        plan = given_.plan(
            one.plan.model,
            code=f"{one.plan.code}@{number}",
            metric=one.plan.metric,
            currency=buyer.currency,
            tiers=[
                (None if tier.up_to is None else text(tier.up_to), text(tier.unit_amount), text(tier.flat_amount))
                for tier in one.plan.tiers
            ]
            if is_tiered
            else [],
            unit_amount=None if is_tiered else text(one.plan.tiers[0].unit_amount),
            package_size=text(one.plan.package_size) if one.plan.package_size else None,
        )
        ends = one.ends.isoformat() if one.ends else None
        given_.subscription(customer, plan, quantity=text(one.quantity), starts=one.starts.isoformat(), ends=ends)
    for event in buyer.events:
        given_.usage(customer, text(event.units), on=event.day.isoformat(), metric=event.metric)
    return customer


def _lines(given_: Given, customer: int, period: str) -> list[reference.Line]:
    return [
        reference.Line(
            kind=line.kind,
            plan_code=line.plan_code.partition("@")[0],
            quantity=Fraction(line.quantity),
            unit_amount=Fraction(line.unit_amount),
            amount=Fraction(line.amount),
        )
        for line in given_.lines(customer, period)
    ]
