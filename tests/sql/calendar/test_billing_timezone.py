from __future__ import annotations

from typing import TYPE_CHECKING

from tests.given import Given

if TYPE_CHECKING:
    import psycopg

ZONE = "select billing.billing_timezone()"


def test_the_zone_is_the_sellers(database: psycopg.Connection) -> None:
    Given(database).seller(billing_timezone="Asia/Kolkata")
    assert database.execute(ZONE).fetchone() == ("Asia/Kolkata",)


def test_without_a_seller_it_is_utc(database: psycopg.Connection) -> None:
    assert database.execute(ZONE).fetchone() == ("UTC",)
