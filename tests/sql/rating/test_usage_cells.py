from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.given_prices import METRIC

if TYPE_CHECKING:
    from tests.given import Given
    from tests.given_prices import Tier


@pytest.fixture
def customer(given: Given) -> int:
    """Has nothing yet; events tell region and model."""
    given.metric(METRIC, dimensions=["region", "model"])
    return given.customer("4711")


def test_the_cell_with_the_most_conditions_prices_an_event(given: Given, customer: int) -> None:
    cells = {
        "any": ({}, [(None, "0.002")]),
        "eu": ({"region": "eu"}, [(None, "0.003")]),
        "eu large": ({"region": "eu", "model": "large"}, [(None, "0.010")]),
    }
    given.subscription(customer, given.plan("flat", code="infer", cells=cells))
    for properties in ({}, {"region": "eu", "model": "small"}, {"region": "eu", "model": "large", "else": 1}):
        given.usage(customer, 1000, properties=properties)
    assert [(one.key, one.amount) for one in given.owed("2026-03-01")] == [
        ('infer/"any"/""', "2.00"),
        ('infer/eu/""', "3.00"),
        ('infer/"eu large"/""', "10.00"),
    ]


@pytest.mark.parametrize("properties", [None, {}, {"region": None}, {"model": "large"}, {"region": "EU"}])
def test_a_property_that_is_missing_or_another_fulfils_nothing(
    given: Given, customer: int, properties: dict[str, object] | None
) -> None:
    cells = {"any": ({}, [(None, 1)]), "eu": ({"region": "eu"}, [(None, 2)])}
    given.subscription(customer, given.plan("flat", cells=cells))
    given.usage(customer, 1, properties=properties)
    assert given.owes("2026-03-01") == ["usage 1.00"]


@pytest.mark.parametrize(("value", "text"), [(2, "2"), (True, "true"), ("large", "large")])
def test_a_property_is_compared_as_text(given: Given, customer: int, value: object, text: str) -> None:
    cells = {"any": ({}, [(None, 1)]), "that": ({"model": text}, [(None, 2)])}
    given.subscription(customer, given.plan("flat", cells=cells))
    given.usage(customer, 1, properties={"model": value})
    assert given.owes("2026-03-01") == ["usage 2.00"]


def test_each_cell_has_its_own_tiers_on_its_own_quantity(given: Given, customer: int) -> None:
    ladder: list[Tier] = [(100, 1), (None, "0.5")]
    cells = {"else": ({}, ladder), "eu": ({"region": "eu"}, ladder)}
    given.subscription(customer, given.plan(cells=cells))
    given.usage(customer, 100, properties={"region": "eu"})
    given.usage(customer, 50, on="2026-02-11", properties={"region": "eu", "model": "large"})
    given.usage(customer, 150, properties={"region": "us"})
    assert given.owes("2026-03-01") == ["usage 100.00", "usage 25.00"] * 2


def test_an_event_that_no_cell_covers_parks_its_customer(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan("flat", code="eu-only", cells={"eu": ({"region": "eu"}, [(None, 1)])}))
    given.usage(customer, 5, properties={"region": "eu"})
    given.usage(customer, 3, properties={"region": "us"})
    given.run("2026-02")
    assert given.parked() == [("4711", "plan eu-only has no price for the properties of a quantity of 3")]


def test_properties_that_a_metric_does_not_name_make_no_usage_of_its_own(given: Given, customer: int) -> None:
    given.subscription(customer, given.plan("package", unit_amount="1.00", package_size=10))
    for number in range(5):
        given.usage(customer, 1, properties={"request": str(number)})
    assert given.owes("2026-03-01") == ["usage 1.00"]
