"""dbt's own tests: unit tests of the models, and what must hold of every row there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.deployment.dbt_views import connection_variables

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Clone
    from tests.dbt.conftest import Dbt


@pytest.mark.usefixtures("books")
def test_dbt_finds_nothing_wrong(dbt: Dbt) -> None:
    tested = dbt("test")
    assert tested.failed == {}
    assert tested.tests > 250


def objects(admin: psycopg.Connection) -> dict[str, int]:
    rows = admin.execute(
        """
        select schemaname || '.' || viewname, (quote_ident(schemaname) || '.' || quote_ident(viewname))::regclass::oid
        from pg_views where schemaname in ('analytics', 'reporting', 'reporting_models')
        """
    ).fetchall()
    return dict(rows)


def test_views_are_replaced_in_place(dbt: Dbt, admin: psycopg.Connection) -> None:
    admin.execute("create view public.of_somebody_else as select month, mrr from reporting.mrr")
    before = objects(admin)
    assert dbt("run").failed == {}
    assert objects(admin) == before
    assert admin.execute("select count(*) from public.of_somebody_else").fetchone() == (0,)


def test_a_view_whose_columns_changed_is_made_anew(dbt: Dbt, admin: psycopg.Connection) -> None:
    columns = "select array_agg(attname::text order by attnum) from pg_attribute where attrelid = %s::regclass"
    before = admin.execute(columns, ("reporting.credit_balances",)).fetchone()
    admin.execute("alter view reporting.credit_balances rename column balance to amount")
    assert dbt("run", "--select=credit_balances+").failed == {}
    assert admin.execute(columns, ("reporting.credit_balances",)).fetchone() == before


CHANGED = "alter view reporting_models.stg_billing__currencies rename column minor_units to decimals"
"""Staging, so that half the project is built upon it."""


def test_what_others_built_upon_a_view_whose_columns_changed_is_named_and_stays(
    dbt: Dbt, admin: psycopg.Connection
) -> None:
    admin.execute(CHANGED)
    admin.execute("create schema cfo")
    admin.execute("create view cfo.board as select currency, mrr from reporting.mrr_weekly")
    admin.execute("create materialized view cfo.decimals as select * from reporting_models.stg_billing__currencies")
    before = objects(admin)
    said = str(dbt("run", "--select=stg_billing__currencies+").failed["stg_billing__currencies"])
    assert "cfo.decimals depends on view reporting_models.stg_billing__currencies" in said
    assert "cfo.board depends on view reporting.mrr_weekly" in said
    assert objects(admin) == before
    admin.execute("drop schema cfo cascade")
    assert dbt("run", "--select=stg_billing__currencies+").failed == {}


def test_models_that_a_run_leaves_out_are_in_the_way_of_one_whose_columns_changed(
    dbt: Dbt, admin: psycopg.Connection
) -> None:
    admin.execute(CHANGED)
    before = objects(admin)
    assert "have changed" in str(dbt("run", "--select=stg_billing__currencies").failed)
    assert objects(admin) == before
    assert dbt("run", "--select=stg_billing__currencies+").failed == {}
    assert set(objects(admin)) == set(before)


def test_dbt_drops_no_view_that_is_not_its_own(dbt: Dbt, admin: psycopg.Connection) -> None:
    admin.execute("set role billing_owner")
    admin.execute("create view reporting.of_somebody_else as select 1 as one")
    assert dbt("run").failed == {}
    assert "reporting.of_somebody_else" in objects(admin)


def test_an_analyst_makes_models_in_a_schema_of_his_own(dbt: Dbt, admin: psycopg.Connection, clone: Clone) -> None:
    before = objects(admin)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in connection_variables(clone.url("billing_analyst"), "billing_analyst").items():
            environment.setenv(name, value)
        assert dbt("run", "--target=analytics", "--select=+credit_balances").failed == {}
    made = set(objects(admin)) - set(before)
    assert "analytics.credit_balances" in made
    assert {name.partition(".")[0] for name in made} == {"analytics"}
    assert objects(admin).items() > before.items()
