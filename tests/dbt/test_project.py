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
    assert dbt("run", "--select=credit_balances").failed == {}
    assert admin.execute(columns, ("reporting.credit_balances",)).fetchone() == before


def test_views_of_removed_models_go_and_those_of_others_stay(dbt: Dbt, admin: psycopg.Connection) -> None:
    admin.execute("set role billing_owner")
    for view in ("analytics.int_of_an_analyst", "reporting_models.int_of_old", "reporting.of_old"):
        admin.execute(f"create view {view} as select 1 as one".encode())
    assert dbt("run", "--select=credit_balances").failed == {}
    left = objects(admin)
    assert "analytics.int_of_an_analyst" in left
    assert not {"reporting_models.int_of_old", "reporting.of_old"} & set(left)


def test_a_removed_view_that_others_build_upon_stays(dbt: Dbt, admin: psycopg.Connection) -> None:
    admin.execute("set role billing_owner")
    admin.execute("create view reporting.of_old as select 1 as one")
    admin.execute("create view analytics.of_an_analyst as select * from reporting.of_old")
    assert dbt("run", "--select=credit_balances").failed == {}
    assert {"reporting.of_old", "analytics.of_an_analyst"} <= set(objects(admin))


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
