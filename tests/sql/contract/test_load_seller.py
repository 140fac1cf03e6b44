from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.given import Given
    from tests.sql.contract.conftest import Load

SELLER = {
    "name": "Northgate API, Inc.",
    "address_line1": "500 Howard Street",
    "postal_code": "94105",
    "city": "San Francisco",
    "country": "US",
    "email": "billing@northgate.example",
    "billing_timezone": "UTC",
    "payment_terms_days": "30",
    "invoice_prefix": "INV",
}


def test_the_same_seller_again_touches_nothing(load: Load, database: psycopg.Connection) -> None:
    assert load("load_seller", SELLER) == ([1, 0, 0, 0], [])
    before = database.execute("select xmin::text, link_secret from billing.seller_profiles").fetchall()
    assert load("load_seller", SELLER) == ([0, 0, 1, 0], [])
    assert database.execute("select xmin::text, link_secret from billing.seller_profiles").fetchall() == before


def test_a_change_keeps_the_key_of_payment_links(load: Load, database: psycopg.Connection) -> None:
    load("load_seller", SELLER)
    before = database.execute("select link_secret from billing.seller_profiles").fetchone()
    assert load("load_seller", SELLER | {"city": "Oakland"})[0] == [0, 1, 0, 0]
    assert database.execute("select link_secret from billing.seller_profiles").fetchone() == before


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", None),
        ("email", "nobody"),
        ("country", "USA"),
        ("billing_timezone", "Mars/Olympus"),
        ("billing_timezone", "posix/UTC"),
        ("billing_timezone", None),
        ("payment_terms_days", "366"),
        ("payment_terms_days", "-1"),
        ("payment_terms_days", "99999999999"),
        ("invoice_prefix", "CN"),
        ("invoice_prefix", "inv"),
        ("website", "javascript:alert(1)"),
    ],
)
def test_a_bad_field_is_named(load: Load, database: psycopg.Connection, column: str, value: str | None) -> None:
    counts, problems = load("load_seller", SELLER | {column: value})
    assert counts == [0, 0, 0, 1]
    assert [(line, name) for line, name, _ in problems] == [(None, column)]
    assert database.execute("select count(*) from billing.seller_profiles").fetchone() == (0,)


def test_an_iban_counts_only_with_its_check_digits(load: Load) -> None:
    assert load("load_seller", SELLER | {"iban": "DE02120300000000202052", "is_iban_valid": False})[1][0][1] == "iban"
    assert load("load_seller", SELLER | {"iban": "DE02120300000000202051", "is_iban_valid": True})[1] == []


def test_a_new_time_zone_counts_all_usage_again(load: Load, given: Given) -> None:
    given.usage(given.customer(), 5, on="2026-01-31T23:30:00Z")
    given.roll_up()
    assert load("load_seller", SELLER | {"billing_timezone": "Europe/Berlin"})[1] == []
    given.roll_up()
    assert given.connection.execute("select usage_day::text, quantity from billing.daily_usage").fetchall() == [
        ("2026-02-01", 5)
    ]


def test_the_time_zone_stands_once_an_invoice_is_numbered(load: Load, given: Given) -> None:
    given.subscription(given.customer(), given.flat_plan())
    given.run("2026-01")
    counts, problems = load("load_seller", SELLER | {"billing_timezone": "Europe/Berlin"})
    assert counts[3] == 1
    assert problems == [(None, "billing_timezone", "UTC as before: INV-2026-01-0001 was billed by its days")]
