"""Hypothesis strategies for contracts: small numbers, few dates, and those where periods and prices meet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.contracts_terms import BEGINNING, FOREVER, Cell, Phase, Price
from tests.reference import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.contracts_terms import Plan

EDGES = (
    date(2023, 2, 28),
    date(2023, 12, 31),
    date(2024, 1, 1),
    date(2024, 1, 15),
    date(2024, 1, 31),
    date(2024, 2, 1),
    date(2024, 2, 15),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2024, 3, 31),
    date(2024, 4, 1),
    date(2024, 4, 10),
)
days = st.one_of(st.sampled_from(EDGES), st.dates(date(2023, 1, 10), date(2024, 6, 20)))
days_of_use = st.one_of(st.sampled_from(EDGES[2:]), st.dates(date(2023, 12, 20), date(2024, 5, 31)))
ends = st.one_of(st.just(FOREVER), days)
units = st.sampled_from([Fraction(number) for number in ("0", "1", "7.5", "10", "40", "100", "0.000001", "130.25")])
unit_amounts = st.sampled_from([Fraction(number) for number in ("0", "0.005", "0.333", "1", "2.5", "12")])
fees = st.sampled_from([Fraction(number) for number in ("0", "10", "99.99", "31", "1200", "0.07")])
quantities = st.sampled_from([Fraction(number) for number in ("1", "1", "2", "5", "2.5")])
percents = st.sampled_from([Fraction(number) for number in ("0.1", "0.15", "0.333", "1")])
whole_amounts = st.sampled_from([Fraction(number) for number in ("0", "5", "20", "100", "300")])
properties = st.sampled_from(
    [{}, {"region": "eu"}, {"model": "large"}, {"region": "eu", "model": "large"}, {"region": "us"}]
)
WHERES = ({}, {"region": "eu"}, {"model": "large"}, {"region": "eu", "model": "large"})


def spans() -> st.SearchStrategy[tuple[date, date]]:
    """From a day to a later one, or open; now and then nothing at all."""
    return st.tuples(days, ends).map(lambda pair: (min(pair), max(pair)))


@st.composite
def ladders(draw: st.DrawFn, model: str) -> tuple[tuple[str | None, Tier], ...]:
    """The tiers of a cell, as `given` names them."""
    bounds: list[Fraction | None] = [None]
    if model in {"graduated", "volume"}:
        bounds = [*sorted(draw(st.sets(st.sampled_from([Fraction(10), Fraction(50)])))), None]
    flats = st.sampled_from([Fraction(0), Fraction(0), Fraction(3)]) if len(bounds) > 1 else st.just(Fraction(0))
    return tuple(
        (f"Tier {place}", Tier(up_to=bound, unit_amount=draw(unit_amounts), flat_amount=draw(flats)))
        for place, bound in enumerate(bounds, start=1)
    )


@st.composite
def usage_prices(draw: st.DrawFn, valid_from: date = BEGINNING) -> Price:
    """A price of usage; some with cells, of which one takes every event."""
    model = draw(st.sampled_from(["graduated", "graduated", "volume", "package", "flat"]))
    count = draw(st.sampled_from([1, 1, 2, 4]))
    cells = [
        Cell(
            cell=None if count == 1 else "-".join(["any", *sorted(where.values())][-2:]).replace("-", "_"),
            where=where,
            tiers=draw(ladders(model)),
        )
        for where in WHERES[:count]
    ]
    size = draw(st.sampled_from([Fraction(10), Fraction(7)])) if model == "package" else None
    return Price(model=model, cells=tuple(cells), package_size=size, valid_from=valid_from)


def flat_prices(valid_from: date = BEGINNING) -> st.SearchStrategy[Price]:
    """A fee."""
    return fees.map(
        lambda fee: Price(
            model="flat", cells=(Cell(tiers=((None, Tier(up_to=None, unit_amount=fee)),)),), valid_from=valid_from
        )
    )


@st.composite
def some_phases(draw: st.DrawFn, plans: Sequence[Plan]) -> list[Phase]:
    """One to three in time; every gap is a pause."""
    bounds = sorted(draw(st.sets(days, min_size=1, max_size=4)))
    pieces = list(zip(bounds, [*bounds[1:], FOREVER], strict=True))
    if len(pieces) > 1 and draw(st.booleans()):
        pieces.pop()
    kept = [pieces[0], *(piece for piece in pieces[1:] if draw(st.integers(0, 3)))]
    return [
        Phase(
            plan=draw(st.sampled_from(plans)),
            starts=starts,
            ends=end,
            quantity=draw(quantities),
            is_trial=draw(st.integers(0, 4)) == 0,
        )
        for starts, end in kept
    ]


def as_own(price: Price, valid_to: date) -> Price:
    """The customer's own, until a day."""
    return replace(price, is_own=True, valid_to=valid_to)
