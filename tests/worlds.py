"""Hypothesis strategies for prices and quantities that favour the places where arithmetic goes wrong."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.reference import Plan, Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

MODELS = ("graduated", "volume", "package", "flat")


def decimals(*, low: int, high: int, places: int) -> st.SearchStrategy[Fraction]:
    """Exact decimals with up to so many places."""
    return st.integers(0, places).flatmap(
        lambda scale: st.integers(low * 10**scale, high * 10**scale).map(lambda units: Fraction(units, 10**scale))
    )


prices = st.one_of(
    decimals(low=0, high=200, places=8),
    st.sampled_from([Fraction(0), Fraction(1, 2), Fraction("0.005"), Fraction("0.0005"), Fraction("0.001")]),
)
flat_amounts = st.one_of(st.just(Fraction(0)), decimals(low=0, high=50, places=4))


@st.composite
def tiers(draw: st.DrawFn) -> tuple[Tier, ...]:
    """Ascending tiers, the last without bound."""
    bounds = sorted(draw(st.sets(decimals(low=1, high=500, places=3), max_size=4)))
    return tuple(
        Tier(up_to=bound, unit_amount=draw(prices), flat_amount=draw(flat_amounts)) for bound in [*bounds, None]
    )


@st.composite
def usage_plans(draw: st.DrawFn, code: str = "plan", models: Sequence[str] = MODELS, metric: str = "api_calls") -> Plan:
    """A usage plan of any model."""
    model = draw(st.sampled_from(models))
    return Plan(
        code=code,
        model=model,
        metric=metric,
        tiers=draw(tiers()) if model in {"graduated", "volume"} else (Tier(up_to=None, unit_amount=draw(prices)),),
        package_size=draw(decimals(low=1, high=100, places=2)) if model == "package" else None,
    )


def quantities(plan: Plan) -> st.SearchStrategy[Fraction]:
    """Of events, up to 6 decimals; often exactly at a bound of the plan, or a millionth beside it."""
    bounds = [bound for tier in plan.tiers if (bound := tier.up_to)] + (
        [plan.package_size] if plan.package_size else []
    )
    near = [bound + Fraction(step, 10**6) for bound in bounds for step in (-1, 0, 1)]
    anywhere = decimals(low=0, high=700, places=6)
    return st.one_of(anywhere, st.sampled_from(near)) if near else anywhere


def text(value: Fraction) -> str:
    """An exact decimal as PostgreSQL reads it."""
    scaled = value * 10**12
    assert scaled.denominator == 1
    whole, rest = divmod(abs(scaled.numerator), 10**12)
    return f"{'-' if value < 0 else ''}{whole}.{rest:012}"
