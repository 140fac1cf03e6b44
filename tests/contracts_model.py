"""What a contract owes (contract, section 4) in fractions and plain loops: no SQL, no floats.

Written from the contract alone: where this and sql/ differ, one of them is wrong. A charge is named as on an invoice
line (charge_key); everything here is of one customer, and a function of contract, usage and service period alone.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from tests import reference
from tests.contracts_terms import Phase
from tests.reference import rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.contracts_terms import Cell, Commitment, Contract, Discount, Event, OneOff, Price, Subscription

ONE = Fraction(1)
ZERO = Fraction(0)
FEES = ("usage", "subscription", "proration")
"""Kinds that discounts and commitments look at."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """What owes, for which days, and when that falls due."""

    key: str
    starts: date
    ends: date
    due: date

    @property
    def month(self) -> date:
        """Of the run that bills it: a run of [s, e) bills what is due in (s, e]."""
        return (self.due - timedelta(days=1)).replace(day=1)


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One line's worth of what a service owes."""

    key: str
    service: Service
    kind: str
    quantity: Fraction
    gross: Fraction
    amount: Fraction
    plan: str = ""


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def periods(anchor: date, interval: int, starts: date, until: date) -> Iterator[tuple[date, date]]:
    """Service periods that end after `starts` and begin on `until` or before."""
    place = (starts - anchor).days // (28 * interval) - 1 if starts < anchor else 0
    while (first := months_later(anchor, place * interval)) <= until:
        place += 1
        end = months_later(anchor, place * interval)
        if end > starts:
            yield first, end


def days_within(starts: date, ends: date, first: date, end: date) -> int:
    """How many days two stretches have in common."""
    return max(0, (min(ends, end) - max(starts, first)).days)


def named(name: str | None) -> str:
    """A name as it stands in a charge key."""
    return name if name and name.isidentifier() and name.islower() else f'"{name or ""}"'


def phases_of(subscription: Subscription) -> list[Phase]:
    """Those with days, in time; one that goes on with the same plan and quantity is the same."""
    joined: list[Phase] = []
    for phase in sorted(subscription.phases, key=lambda one: one.starts):
        same = joined[-1] if joined else phase
        if phase.starts == phase.ends:
            continue
        if same.ends == phase.starts and _terms(same) == _terms(phase):
            _, quantity, is_trial = _terms(same)
            joined[-1] = Phase(
                plan=same.plan, starts=same.starts, ends=phase.ends, quantity=quantity, is_trial=is_trial
            )
        else:
            joined.append(phase)
    return joined


def _terms(phase: Phase) -> tuple[str, Fraction, bool]:
    return phase.plan.code, phase.quantity, phase.is_trial


def owed(contract: Contract, until: date) -> tuple[list[Service], list[Charge]]:
    """Every service that begins by `until`, and everything it owes."""
    services: list[Service] = []
    charges: list[Charge] = []
    for subscription in contract.subscriptions:
        for service, phases in _periods_of(subscription, until):
            services.append(service)
            for plan in {phase.plan.code: phase.plan for phase in phases}.values():
                own = [phase for phase in phases if phase.plan is plan]
                first_day = max(own[0].starts, service.starts)
                price = plan.price(subscription.prices_as_of or first_day)
                lines = (_usage if plan.metric else _fees)(contract, price, own, service)
                charges += [replace(line, amount=_discounted(contract, line, first_day)) for line in lines]
    charges += (fixed := _fixed_discounts(contract, charges, until))
    committed = [line for one in contract.commitments for line in _commitment(contract, one, charges, until)]
    others = [*fixed, *committed, *(_once(contract, one) for one in contract.charges)]
    services += {line.service.key: line.service for line in others}.values()
    return services, charges + others[len(fixed) :]


def _periods_of(subscription: Subscription, until: date) -> Iterator[tuple[Service, list[Phase]]]:
    """Service periods with days that are no trial, and the phases of these days."""
    phases = phases_of(subscription)
    if not phases:
        return
    anchor = subscription.anchor or phases[0].starts.replace(day=1)
    end_for_good = phases[-1].ends
    latest = min(until, end_for_good - timedelta(days=1))
    for starts, ends in periods(anchor, phases[0].plan.interval, phases[0].starts, latest):
        billed = [one for one in phases if not one.is_trial and days_within(one.starts, one.ends, starts, ends)]
        if billed:
            is_advance = phases[0].plan.is_advance
            due = max(billed[0].starts, starts) if is_advance else min(ends, end_for_good)
            yield Service(key=f"s{subscription.key}/{starts}", starts=starts, ends=ends, due=due), billed


def _once(contract: Contract, one: OneOff) -> Charge:
    """A one-off charge is due in the month whose last day is on or after its day."""
    next_day = one.due + timedelta(days=1)
    service = Service(key=f"c{one.key}", starts=one.due, ends=next_day, due=next_day)
    amount = rounded(one.quantity * one.unit_amount, contract.decimals)
    key = f"{service.key}/charge"
    return Charge(key=key, service=service, kind="charge", quantity=one.quantity, gross=amount, amount=amount)


def _usage(contract: Contract, price: Price, phases: list[Phase], service: Service) -> Iterator[Charge]:
    """The sum of the plan's days, in each cell through its own tiers."""
    plan = phases[0].plan
    events = [
        event
        for event in contract.events
        if event.metric == plan.metric
        and service.starts <= event.day < service.ends
        and any(phase.starts <= event.day < phase.ends for phase in phases)
    ]
    for cell in price.cells:
        quantity = sum((event.units for event in events if _cell(price, event) is cell), ZERO)
        tiers = tuple(tier for _, tier in cell.tiers)
        ladder = reference.Plan(code=plan.code, model=price.model, tiers=tiers, package_size=price.package_size)
        for part in reference.charges(ladder, quantity):
            key = f"{service.key}/{named(plan.code)}/{named(cell.cell)}/{named(cell.tiers[part.tier - 1][0])}"
            gross = rounded(part.exact, contract.decimals)
            yield Charge(
                key=f"{key}/flat" if part.is_flat_amount else key,
                service=service,
                kind="usage",
                quantity=part.quantity,
                gross=gross,
                amount=gross,
                plan=plan.code,
            )


def _cell(price: Price, event: Event) -> Cell:
    """The one with the most conditions that the event fulfils."""
    fulfilled = [cell for cell in price.cells if cell.where.items() <= event.properties.items()]
    return max(fulfilled, key=lambda cell: len(cell.where))


def _fees(contract: Contract, price: Price, phases: list[Phase], service: Service) -> Iterator[Charge]:
    """For each phase the full price, and what its missing days take off."""
    for phase in phases:
        days = days_within(phase.starts, phase.ends, service.starts, service.ends)
        of_days = (service.ends - service.starts).days
        exact = phase.quantity * price.cells[0].tiers[0][1].unit_amount
        full = rounded(exact, contract.decimals)
        less = rounded(exact * days / of_days, contract.decimals) - full
        key = f"{service.key}/{named(phase.plan.code)}/{max(phase.starts, service.starts)}"
        lines = [("subscription", phase.quantity, full)] + [("proration", ONE, less)] * (days < of_days)
        for kind, quantity, gross in lines:
            yield Charge(
                key=f"{key}/{kind}",
                service=service,
                kind=kind,
                quantity=quantity,
                gross=gross,
                amount=gross,
                plan=phase.plan.code,
            )


def _discounted(contract: Contract, line: Charge, first_day: date) -> Fraction:
    """Percent discounts that cover the first day of the plan, one after the other in order of code on what is left."""
    left = line.gross
    for one in sorted(contract.discounts, key=lambda discount: discount.code):
        if one.percent is not None and one.starts <= first_day < one.ends and _is_for(one, line):
            left -= rounded(left * one.percent, contract.decimals)
    return left


def _is_for(one: Discount | Commitment, line: Charge) -> bool:
    return line.kind in FEES and (not one.plans or line.plan in one.plans)


def _fixed_discounts(contract: Contract, charges: Sequence[Charge], until: date) -> list[Charge]:
    """For each month that begins in its days, at most what is left of the lines in scope that are due in it."""
    found: list[Charge] = []
    lines_of: dict[str, set[str]] = {}
    for one in sorted(contract.discounts, key=lambda discount: discount.code):
        for month in sorted({line.service.month for line in charges} if one.amount is not None else set()):
            if not one.starts <= month < one.ends or months_later(month, 1) > until:
                continue
            lines = [line for line in charges if line.service.month == month and _is_for(one, line)]
            keys = {line.key for line in lines}
            taken = sum((before.amount for before in found if lines_of[before.key] & keys), ZERO)
            most = max(ZERO, sum((line.amount for line in lines), ZERO) + taken)
            amount = -min(one.amount or ZERO, most)
            end = months_later(month, 1)
            service = Service(key=f"d{one.key}/{month}", starts=month, ends=end, due=end)
            key = f"{service.key}/discount"
            lines_of[key] = keys
            if amount:
                line = Charge(key=key, service=service, kind="discount", quantity=ONE, gross=amount, amount=amount)
                found.append(line)
    return found


def _commitment(contract: Contract, one: Commitment, charges: Sequence[Charge], until: date) -> Iterator[Charge]:
    """What the lines whose service period ends in one of its own lack of the minimum, or have above the maximum."""
    if one.starts == one.ends:
        return
    for starts, ends in periods(one.starts.replace(day=1), one.interval, one.starts, one.ends - timedelta(days=1)):
        if ends > until:
            return
        share = Fraction(days_within(one.starts, one.ends, starts, ends), (ends - starts).days)
        lines = [
            line.amount
            for line in charges
            if starts < line.service.ends <= ends
            and (_is_for(one, line) or (line.kind == "discount" and not one.plans))
        ]
        total = sum(lines, ZERO)
        service = Service(key=f"m{one.key}/{starts}", starts=starts, ends=ends, due=ends)
        for kind, bound in (("minimum", one.minimum), ("maximum", one.maximum)):
            if bound is None:
                continue
            lacking = rounded(bound * share, contract.decimals) - total
            amount = max(ZERO, lacking) if kind == "minimum" else min(ZERO, lacking)
            if amount:
                key = f"{service.key}/{kind}"
                yield Charge(key=key, service=service, kind=kind, quantity=ONE, gross=amount, amount=amount)
