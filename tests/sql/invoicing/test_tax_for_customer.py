from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given

Rule = tuple[str, Decimal, str]


def rule(given: Given, customer: int, day: str = "2026-02-28") -> Rule:
    row = given.connection.execute("select * from billing.tax_for_customer(%s, %s)", (customer, day)).fetchone()
    assert row is not None
    treatment, rate, name, _, _ = row
    return treatment, rate, name


@pytest.mark.parametrize(
    ("seller", "country", "valid_tax_id", "treatment"),
    [
        ("DE", "FR", "FR40303265045", "reverse_charge"),
        ("US", "FR", "FR40303265045", "reverse_charge"),
        ("US", "DE", "DE136695976", "reverse_charge"),
        ("DE", "DE", "DE136695976", "taxed"),
        ("DE", "FR", None, "taxed"),
        ("DE", "CH", "CHE116281710", "taxed"),
        ("DE", "GB", "GB980780684", "taxed"),
        ("GB", "GB", "GB980780684", "taxed"),
        ("DE", "US", None, "no_tax"),
    ],
)
def test_reverse_charge_is_for_a_valid_vat_number_in_another_eu_country(
    given: Given, seller: str, country: str, valid_tax_id: str | None, treatment: str
) -> None:
    given.seller(country=seller)
    for taxed in ("DE", "FR", "CH", "GB"):
        given.tax_rate(country=taxed)
    assert rule(given, given.customer(country=country, valid_tax_id=valid_tax_id))[0] == treatment


def test_an_invalid_tax_id_is_taxed_as_none(given: Given) -> None:
    given.tax_rate(country="FR")
    customer = given.customer(country="FR", valid_tax_id="FR00000000000")
    given.connection.execute("update billing.customers set is_tax_id_valid = false")
    assert rule(given, customer) == ("taxed", Decimal("0.19"), "VAT")


def test_reverse_charge_has_rate_zero(given: Given) -> None:
    customer = given.customer(country="FR", valid_tax_id="FR40303265045")
    assert rule(given, customer) == ("reverse_charge", Decimal(0), "Reverse charge")


def test_no_rate_is_no_tax(given: Given) -> None:
    assert rule(given, given.customer(country="US")) == ("no_tax", Decimal(0), "No tax")


def test_a_rate_of_zero_is_taxed(given: Given) -> None:
    given.tax_rate("0", country="US", name="Exempt")
    assert rule(given, given.customer(country="US")) == ("taxed", Decimal(0), "Exempt")


@pytest.mark.parametrize(
    ("region", "expected"),
    [("CA", ("taxed", Decimal("0.0725"), "CA tax")), ("NV", ("taxed", Decimal("0.01"), "US tax")), (None,) * 2],
)
def test_the_rate_of_the_region_goes_before_that_of_the_country(
    given: Given, region: str | None, expected: Rule | None
) -> None:
    given.tax_rate("0.01", country="US", name="US tax")
    given.tax_rate("0.0725", country="US", region="CA", name="CA tax")
    expected = expected or ("taxed", Decimal("0.01"), "US tax")
    assert rule(given, given.customer(country="US", region=region)) == expected


def test_a_region_of_another_country_is_another_region(given: Given) -> None:
    given.tax_rate(country="US", region="CA")
    assert rule(given, given.customer(country="FR", region="CA"))[0] == "no_tax"


@pytest.mark.parametrize(("day", "rate"), [("2026-02-27", "0.19"), ("2026-02-28", "0.21"), ("2026-03-31", "0.21")])
def test_a_rate_is_valid_from_its_first_day(given: Given, day: str, rate: str) -> None:
    given.tax_rate("0.19", valid_to="2026-02-28")
    given.tax_rate("0.21", valid_from="2026-02-28")
    assert rule(given, given.customer(), day)[1] == Decimal(rate)


def test_a_rate_is_not_valid_on_the_day_it_ends(given: Given) -> None:
    given.tax_rate(valid_to="2026-02-28")
    assert rule(given, given.customer())[0] == "no_tax"


@pytest.mark.parametrize(("region", "place"), [("NY", ("US", "NY")), ("OR", ("US", None))])
def test_tax_is_of_the_region_only_where_the_rate_is(given: Given, region: str, place: tuple[str, str | None]) -> None:
    given.tax_rate("0.04", country="US", region="NY")
    customer = given.customer(country="US", region=region)
    found = given.connection.execute(
        "select tax_country, tax_region from billing.tax_for_customer(%s, '2026-02-28')", (customer,)
    )
    assert found.fetchone() == place
