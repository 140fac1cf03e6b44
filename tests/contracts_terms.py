"""What can be agreed with a customer and used, for the small model of contract section 4 (contracts_model.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.reference import Tier

BEGINNING = date.min
FOREVER = date.max


@dataclass(frozen=True, kw_only=True, eq=False)
class Cell:
    """Tiers for the events that have certain properties."""

    tiers: tuple[tuple[str | None, Tier], ...]
    cell: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class Price:
    """Holds for price days from a day on; of a flat plan it is one cell of one tier."""

    model: str
    cells: tuple[Cell, ...]
    package_size: Fraction | None = None
    valid_from: date = BEGINNING
    valid_to: date = FOREVER
    is_own: bool = False


@dataclass(kw_only=True, eq=False)
class Plan:
    """What is sold; metric None: a flat fee an interval."""

    code: str
    metric: str | None
    prices: list[Price]
    interval: int = 1
    is_advance: bool = False

    def price(self, day: date) -> Price:
        """The customer's own before the list, of each the latest that began; an own one that ended gives way to it."""
        for is_own in (True, False):
            begun = [price for price in self.prices if price.is_own == is_own and price.valid_from <= day]
            begun = [price for price in begun if price.valid_from < price.valid_to]
            latest = max(begun, key=lambda price: price.valid_from, default=None)
            if latest is not None and day < latest.valid_to:
                return latest
        raise LookupError(self.code, day)


@dataclass(frozen=True, kw_only=True, eq=False)
class Phase:
    """Days with one plan and quantity, the end not among them."""

    plan: Plan
    starts: date
    ends: date = FOREVER
    quantity: Fraction = Fraction(1)
    is_trial: bool = False


@dataclass(kw_only=True, eq=False)
class Subscription:
    """Phases in time; days between two of them are a pause."""

    key: int
    phases: list[Phase]
    anchor: date | None = None
    prices_as_of: date | None = None


@dataclass(kw_only=True, eq=False)
class Discount:
    """In percent or a fixed amount; no plans: all."""

    key: int
    code: str
    starts: date
    ends: date
    percent: Fraction | None = None
    amount: Fraction | None = None
    plans: frozenset[str] = frozenset()


@dataclass(kw_only=True, eq=False)
class Commitment:
    """At least or at most so much a period; no plans: all, and fixed discounts."""

    key: int
    starts: date
    ends: date
    interval: int = 1
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    plans: frozenset[str] = frozenset()


@dataclass(kw_only=True, eq=False)
class OneOff:
    """A charge on a day."""

    key: int
    quantity: Fraction
    unit_amount: Fraction
    due: date


@dataclass(frozen=True, kw_only=True, eq=False)
class Event:
    """Units used on a day of the billing time zone."""

    metric: str
    day: date
    units: Fraction
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True, eq=False)
class Contract:
    """All that one customer has agreed, and used."""

    decimals: int
    subscriptions: list[Subscription] = field(default_factory=list)
    discounts: list[Discount] = field(default_factory=list)
    commitments: list[Commitment] = field(default_factory=list)
    charges: list[OneOff] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
