"""The arithmetic of the contract (section 4) once more, in fractions and plain loops.

Written from the contract alone and without a look at sql/: where the two differ, one of them is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

DECIMALS = {"USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """Units up to and including a bound (None: no bound), and what is due as soon as the first of them is used."""

    up_to: Fraction | None
    unit_amount: Fraction
    flat_amount: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A price: tiers for graduated and volume, one tier without bound for package and flat."""

    code: str
    model: str
    tiers: tuple[Tier, ...]
    package_size: Fraction | None = None
    metric: str | None = "api_calls"
    """None: a flat price a month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A plan from a day until a day, the last excluded; None: open."""

    plan: Plan
    starts: date
    ends: date | None = None
    quantity: Fraction = Fraction(1)

    def is_active(self, day: date) -> bool:
        """Whether the day is billed."""
        return self.starts <= day and (self.ends is None or day < self.ends)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Units of a metric used on a day of the billing time zone."""

    metric: str
    day: date
    units: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A priced quantity, unrounded; tier counts from 1."""

    tier: int
    is_flat_amount: bool
    quantity: Fraction
    unit_amount: Fraction

    @property
    def exact(self) -> Fraction:
        """What it costs before rounding."""
        return self.quantity * self.unit_amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of an invoice, rounded."""

    kind: str
    plan_code: str
    quantity: Fraction
    unit_amount: Fraction
    amount: Fraction


def rounded(amount: Fraction, decimals: int) -> Fraction:
    """Half away from zero."""
    units = floor(abs(amount) * 10**decimals + Fraction(1, 2))
    return Fraction(units if amount >= 0 else -units, 10**decimals)


def charges(plan: Plan, quantity: Fraction) -> list[Charge]:
    """What a month's usage costs: for each tier reached its units, and right after them its flat amount."""
    if quantity == 0:
        return []
    if plan.model == "package":
        assert plan.package_size is not None
        packages = Fraction(-floor(-quantity / plan.package_size))
        return [Charge(tier=1, is_flat_amount=False, quantity=packages, unit_amount=plan.tiers[0].unit_amount)]
    found = []
    above = Fraction(0)
    for number, tier in enumerate(plan.tiers, start=1):
        top = quantity if tier.up_to is None else min(quantity, tier.up_to)
        is_last_reached = quantity > above and top == quantity
        units = top - above if plan.model == "graduated" else quantity
        is_due = quantity > above if plan.model == "graduated" else is_last_reached
        if is_due:
            found.append(Charge(tier=number, is_flat_amount=False, quantity=units, unit_amount=tier.unit_amount))
            if tier.flat_amount != 0:
                found.append(
                    Charge(tier=number, is_flat_amount=True, quantity=Fraction(1), unit_amount=tier.flat_amount)
                )
        if tier.up_to is None or quantity <= tier.up_to:
            return found
        above = tier.up_to
    raise ValueError("no tier for the quantity")


def days_of(month: date) -> list[date]:
    """Every day of the month that begins on `month`."""
    days = [month + timedelta(days=offset) for offset in range(31)]
    return [day for day in days if day.month == month.month]


def prorated(amount: Fraction, active_days: int, period_days: int, decimals: int) -> Fraction:
    """The share of the active days."""
    return rounded(amount * Fraction(active_days, period_days), decimals)


def usage_of(subscription: Subscription, month: date, events: Iterable[Event]) -> Fraction:
    """Units of the plan's metric on the days of the month on which the subscription is active."""
    days = {day for day in days_of(month) if subscription.is_active(day)}
    metric = subscription.plan.metric
    return sum((event.units for event in events if event.metric == metric and event.day in days), Fraction(0))


def invoice_lines(
    subscriptions: Sequence[Subscription], month: date, events: Sequence[Event], decimals: int
) -> list[Line]:
    """Lines of the month's invoice, in the order printed."""
    ordered = sorted(subscriptions, key=lambda one: (one.plan.code.encode(), one.starts))
    lines = []
    for one in (one for one in ordered if one.plan.metric is not None):
        for charge in charges(one.plan, usage_of(one, month, events)):
            amount = rounded(charge.exact, decimals)
            lines.append(
                Line(
                    kind="usage",
                    plan_code=one.plan.code,
                    quantity=charge.quantity,
                    unit_amount=charge.unit_amount,
                    amount=amount,
                )
            )
    days = days_of(month)
    for one in (one for one in ordered if one.plan.metric is None):
        price = one.plan.tiers[0].unit_amount
        active = sum(one.is_active(day) for day in days)
        if active == 0:
            continue
        full = rounded(one.quantity * price, decimals)
        lines.append(
            Line(kind="subscription", plan_code=one.plan.code, quantity=one.quantity, unit_amount=price, amount=full)
        )
        if active < len(days):
            difference = prorated(one.quantity * price, active, len(days), decimals) - full
            lines.append(
                Line(
                    kind="proration",
                    plan_code=one.plan.code,
                    quantity=Fraction(1),
                    unit_amount=difference,
                    amount=difference,
                )
            )
    return lines


def tax(lines: Iterable[Line], rate: Fraction, decimals: int) -> Fraction:
    """Rounded once, on the sum."""
    return rounded(sum((line.amount for line in lines), Fraction(0)) * rate, decimals)
