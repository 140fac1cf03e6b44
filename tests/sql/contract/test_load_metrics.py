from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Load

TOKENS = {"metric": "tokens", "dimensions": "region;model"}
STORED = "select string_agg(metric || ' ' || dimensions::text, ', ' order by metric) from billing.metrics"


def test_dimensions_are_a_set(load: Load, given: Given) -> None:
    assert load("load_metrics", TOKENS)[0] == [1, 0, 0, 0]
    before = given.value("select xmin::text from billing.metrics")
    assert load("load_metrics", TOKENS | {"dimensions": " model ; region;model"})[0] == [0, 0, 1, 0]
    assert given.value(STORED) == "tokens {model,region}"
    assert given.value("select xmin::text from billing.metrics") == before


def test_a_metric_that_is_known_gets_dimensions_and_loses_them(load: Load, given: Given) -> None:
    given.metric("tokens")
    assert load("load_metrics", TOKENS)[0] == [0, 1, 0, 0]
    assert load("load_metrics", {"metric": "tokens"})[0] == [0, 1, 0, 0]
    assert given.value(STORED) == "tokens {}"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"dimensions": "region"}, "metric"),
        (TOKENS | {"metric": "to\u200bkens"}, "metric"),
        (TOKENS | {"dimensions": "region=eu"}, "dimensions"),
        (TOKENS | {"dimensions": "re\u00a0gion"}, "dimensions"),
        (TOKENS | {"dimensions": "x" * 101}, "dimensions"),
    ],
)
def test_a_bad_value_is_named_by_its_column(load: Load, row: dict[str, str], column: str) -> None:
    assert [(line, name) for line, name, _ in load("load_metrics", row)[1]] == [(2, column)]


def test_a_dimension_that_a_price_asks_for_stays(load: Load, given: Given) -> None:
    load("load_metrics", TOKENS)
    given.plan("flat", code="infer", metric="tokens", unit_amount="0.1")
    price = {
        "plan_code": "infer", "currency": "EUR", "valid_from": "2026-01-01", "pricing_model": "flat", "cell": "eu",
        "where": "region=eu", "unit_amount": "0.2",
    }  # fmt: skip
    assert load("load_prices", price)[1] == []
    assert load("load_metrics", TOKENS | {"dimensions": "model"})[1] == [
        (2, "dimensions", "region as before: prices of infer ask for it")
    ]
    assert load("load_metrics", TOKENS | {"dimensions": "region"})[0] == [0, 1, 0, 0]
