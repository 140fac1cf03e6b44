from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.given import Given


def test_what_is_owed_does_not_depend_on_what_was_billed(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("99.00"), starts="2026-01-10")
    given.subscription(customer, given.plan("flat", unit_amount="0.5"))
    given.usage(customer, 10, on="2026-01-11")
    given.discount(customer, amount="10.00", starts="2026-01-01")
    before = given.owed("2026-03-01")
    given.run("2026-01")
    given.run("2026-02")
    assert given.owed("2026-03-01") == before


def test_a_scope_rates_the_periods_that_end_after_its_day(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("31.00"), starts="2025-11-01")
    assert [one.starts for one in given.owed("2026-03-01", since="2026-01-01")] == ["2026-01-01", "2026-02-01"]


def test_a_scope_is_widened_to_all_that_a_commitment_sums(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("30.00"), starts="2026-01-01")
    given.commitment(customer, minimum="100.00", interval_months=3, starts="2026-01-01")
    assert [str(one) for one in given.owed("2026-04-01", since="2026-03-01")][1] == "minimum 10.00"


def test_another_customer_is_not_rated(given: Given, customer: int) -> None:
    given.subscription(customer, given.flat_plan("30.00"), starts="2026-01-01")
    with given.connection.transaction():
        given.connection.execute("select billing.begin_rating()")
        given.connection.execute("select billing.rate('2026-03-01')")
        assert given.value("select count(*) from pg_temp.rated_charges") == 0


def test_tables_of_somebody_elses_making_are_refused(given: Given) -> None:
    given.connection.execute("create temporary table rating_scopes (customer_id bigint)")
    with pytest.raises(psycopg.Error, match="nothing has been staged"):
        given.connection.execute("select billing.begin_rating()")
