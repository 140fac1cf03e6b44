from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given

DAY = "2026-02-28"


def missing(given: Given, country: str, region: str | None = None) -> object:
    return given.value("select billing.missing_tax_rate(%s, %s, %s)", country, region, DAY)


@pytest.mark.parametrize("country", ["DE", "FR", "GR"])
def test_a_country_of_the_eu_has_a_rate(given: Given, country: str) -> None:
    given.seller(country="US")
    assert missing(given, country) == f"no rate of {country} is valid on {DAY}"


def test_the_own_country_has_a_rate_unless_all_its_rates_are_of_regions(given: Given) -> None:
    given.seller(country="US")
    assert missing(given, "US", "OR") == f"no rate of US is valid on {DAY}"
    given.tax_rate(country="US", region="NY")
    assert missing(given, "US", "OR") is None
    given.tax_rate(country="US", valid_from="2026-03-01")
    assert missing(given, "US", "OR") == f"no rate of US is valid on {DAY}"


@pytest.mark.parametrize("country", ["US", "CH", "JP"])
def test_another_country_outside_the_eu_may_have_none(given: Given, country: str) -> None:
    assert missing(given, country, "X") is None


@pytest.mark.parametrize(
    ("of", "region", "is_missing"),
    [(None, None, True), (None, "ZH", True), ("ZH", "ZH", True), ("ZH", "BE", False)],
)
def test_a_rate_that_has_ended_is_missed_where_it_held(
    given: Given, of: str | None, region: str | None, *, is_missing: bool
) -> None:
    given.tax_rate(country="CH", region=of, valid_to=DAY)
    reason = missing(given, "CH", region)
    place = "CH" if of is None else f"CH, {of}"
    assert reason == (f"the rate VAT of {place} is valid until {DAY} only, and none follows" if is_missing else None)


def test_a_rate_that_was_taken_back_never_held(given: Given) -> None:
    given.tax_rate(country="CH", valid_from="2026-01-01", valid_to="2026-01-01")
    assert missing(given, "CH") is None


def test_a_region_written_otherwise_is_told_with_those_there_are(given: Given) -> None:
    given.tax_rate(country="US", region="NY")
    given.tax_rate(country="US", region="TX")
    assert missing(given, "US", "New York") == "the rates of US are for regions written as NY, TX, not 'New York'"
