"""Hypothesis strategies for contracts: small numbers, few dates, and those where periods and prices meet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.contracts_terms import BEGINNING, FOREVER, Cell, Commitment, Discount, OneOff, Phase, Price
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
WHERES: tuple[dict[str, str], ...] = ({}, {"region": "eu"}, {"model": "large"}, {"region": "eu", "model": "large"})


def spans() -> st.SearchStrategy[tuple[date, date]]:
    """From a day to a later one, or open; now and then nothing at all."""
    return st.tuples(days, ends).map(lambda pair: (min(pair), max(pair)))


@st.composite
def ladders(draw: st.DrawFn, model: str) -> tuple[tuple[str | None, Tier], ...]:
    """The tiers of a cell, as `given` names them."""
    bounds: list[Fraction | None] = [None]
    has_tiers = model in {"graduated", "volume"}
    if has_tiers:
        bounds = [*sorted(draw(st.sets(st.sampled_from([Fraction(10), Fraction(50)])))), None]
    flats = st.sampled_from([Fraction(0), Fraction(0), Fraction(3)]) if len(bounds) > 1 else st.just(Fraction(0))
    return tuple(
        (
            f"Tier {place}" if has_tiers else None,
            Tier(up_to=bound, unit_amount=draw(unit_amounts), flat_amount=draw(flats)),
        )
        for place, bound in enumerate(bounds, start=1)
    )


@st.composite
def usage_prices(draw: st.DrawFn, valid_from: date = BEGINNING) -> Price:
    """A price of usage; some with cells, of which one takes every event."""
    model = draw(st.sampled_from(["graduated", "graduated", "volume", "package", "flat"]))
    count = draw(st.sampled_from([1, 1, 2, 4]))
    cells = [
        Cell(
            cell=None if count == 1 else "_".join(["of", *sorted(where.values())]),
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


@st.composite
def later_prices(draw: st.DrawFn, *, is_usage: bool) -> Price:
    """A price from a day on: of the list, or the customer's own, which may end."""
    starts, end = draw(spans())
    price = draw(usage_prices(starts) if is_usage else flat_prices(starts))
    return replace(price, is_own=True, valid_to=end) if draw(st.booleans()) else price


scopes = st.frozensets(st.sampled_from(["0a", "0b", "1a", "1b", "2a", "2b"]), max_size=3)
"""Plans of an account, by the end of their code; those it does not have yet, too."""


@st.composite
def discounts(draw: st.DrawFn) -> Discount:
    """In percent or fixed."""
    starts, end = draw(spans())
    is_fixed = draw(st.booleans())
    return Discount(
        key=0,
        code="",
        starts=starts,
        ends=end,
        percent=None if is_fixed else draw(percents),
        amount=draw(whole_amounts) if is_fixed else None,
        plans=draw(scopes),
    )


@st.composite
def commitments(draw: st.DrawFn) -> Commitment:
    """A minimum, a maximum, or both."""
    starts, end = draw(spans())
    which = draw(st.sampled_from(["minimum", "maximum", "both"]))
    low, high = sorted(draw(st.tuples(whole_amounts, whole_amounts)))
    return Commitment(
        key=0,
        starts=starts,
        ends=end,
        interval=draw(st.sampled_from([1, 1, 3, 12])),
        minimum=None if which == "maximum" else low,
        maximum=None if which == "minimum" else high,
        plans=draw(scopes),
    )


@st.composite
def charges(draw: st.DrawFn) -> OneOff:
    """For the seller, or for the customer."""
    sign = draw(st.sampled_from([1, 1, -1]))
    return OneOff(key=0, quantity=draw(quantities), unit_amount=sign * draw(fees), due=draw(days_of_use))


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a subscription is of."""

    is_usage: bool
    interval: int
    is_advance: bool
    anchor: date | None
    prices_as_of: date | None


@st.composite
def kinds(draw: st.DrawFn) -> Kind:
    """Usage, by the month in arrears; or a fee."""
    is_usage = draw(st.booleans())
    return Kind(
        is_usage=is_usage,
        interval=1 if is_usage else draw(st.sampled_from([1, 1, 3, 6, 12])),
        is_advance=not is_usage and draw(st.booleans()),
        anchor=draw(st.one_of(st.none(), days)),
        prices_as_of=draw(st.one_of(st.none(), st.none(), days)),
    )
