from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Load

DE = {"country": "DE", "name": "VAT 19%", "rate": "0.19", "valid_from": "2007-01-01"}
TEXAS = {"country": "US", "region": "TX", "name": "Sales tax", "rate": "0.0625", "valid_from": "2025-01-01"}


def test_the_same_rows_again_touch_nothing(load: Load, given: Given) -> None:
    assert load("load_tax_rates", DE, TEXAS)[0] == [2, 0, 0, 0]
    before = given.value("select string_agg(xmin::text, ',') from billing.tax_rates")
    assert load("load_tax_rates", DE | {"rate": "0.190"}, TEXAS)[0] == [0, 0, 2, 0]
    assert given.value("select string_agg(xmin::text, ',') from billing.tax_rates") == before


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (DE | {"country": "EU"}, "country"),
        (DE | {"name": None}, "name"),
        (DE | {"rate": "19"}, "rate"),
        (DE | {"rate": "1.0"}, "rate"),
        (DE | {"rate": "-0.1"}, "rate"),
        (DE | {"rate": "19%"}, "rate"),
        (DE | {"valid_from": "2007"}, "valid_from"),
        (DE | {"valid_to": "2006-12-31"}, "valid_to"),
    ],
)
def test_a_bad_value_is_named_by_its_column(load: Load, row: dict[str, str], column: str) -> None:
    assert [(line, name) for line, name, _ in load("load_tax_rates", row)[1]] == [(2, column)]


def test_two_rates_at_a_time_are_refused_and_regions_are_apart(load: Load) -> None:
    later = DE | {"valid_from": "2027-01-01", "rate": "0.20"}
    assert load("load_tax_rates", DE, later)[1][0][:2] == (3, "valid_from")
    assert load("load_tax_rates", DE | {"valid_to": "2027-01-01"}, later, TEXAS, TEXAS | {"region": None})[1] == []


class TestBilledHistory:
    @pytest.fixture(autouse=True)
    def billed(self, load: Load, given: Given) -> None:
        load("load_tax_rates", DE, TEXAS)
        given.subscription(given.customer(), given.flat_plan())
        given.run("2026-01")

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            (DE | {"rate": "0.16"}, "rate"),
            (DE | {"name": "MwSt"}, "name"),
            (DE | {"valid_to": "2026-01-31"}, "valid_to"),
        ],
    )
    def test_a_rate_that_was_billed_stands(self, load: Load, row: dict[str, str], column: str) -> None:
        assert load("load_tax_rates", row)[1] == [
            (2, column, "no change to a billed rate: INV-2026-01-0001 taxed 2026-01")
        ]

    @pytest.mark.parametrize("row", [DE | {"valid_to": "2026-02-01"}, TEXAS | {"rate": "0.07"}])
    def test_other_rates_and_days_are_free(self, load: Load, row: dict[str, str]) -> None:
        assert load("load_tax_rates", row)[0] == [0, 1, 0, 0]

    def test_a_refused_row_leaves_the_stored_one_to_be_overlapped(self, load: Load) -> None:
        ended = DE | {"valid_to": "2026-01-31"}
        follows = DE | {"valid_from": "2026-01-31", "rate": "0.2"}
        counts, problems = load("load_tax_rates", ended, follows, skip_bad=True)
        assert counts == [0, 0, 0, 2]
        assert [(line, name) for line, name, _ in problems] == [(2, "valid_to"), (3, "valid_from")]
