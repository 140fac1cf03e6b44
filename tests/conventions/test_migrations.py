from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg
import pytest
from pytest_postgresql.janitor import DatabaseJanitor

from orchestrator import resources
from orchestrator.config import Settings
from orchestrator.deployment.deploy import deploy
from orchestrator.embedded import cluster, server
from tests.conventions import declared

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = re.compile(r"(\d{4})_[a-z]+(_[a-z0-9]+)+")


def steps() -> list[Path]:
    return sorted(path for path in resources.folder("migrations").glob("*.sql") if ".rollback" not in path.name)


def test_names_count_up_and_say_what_happens() -> None:
    assert [path.name for path in steps() if not NAME.fullmatch(path.stem)] == []
    assert [int(path.name[:4]) for path in steps()] == list(range(1, len(steps()) + 1))


def test_each_step_depends_on_the_one_before() -> None:
    for before, step in zip(steps(), steps()[1:], strict=False):
        assert f"-- depends: {before.stem}\n" in step.read_text(encoding="utf-8"), step.name


def test_each_step_says_why_and_has_a_way_back() -> None:
    for step in steps():
        assert step.read_text(encoding="utf-8").startswith("-- "), step.name
        assert step.with_suffix(".rollback.sql").is_file(), step.name


def test_migrations_need_nothing_of_sql() -> None:
    names = set(declared.by_name())
    for step in steps():
        text = re.sub(r"--.*|'(?:[^']|'')*'", "", step.read_text(encoding="utf-8"))
        assert set(re.findall(r"billing\.(\w+)\s*\(", text)) & names == set(), step.name


@pytest.fixture
def blank(postgres: Settings, worker_id: str, tmp_path: Path) -> Iterator[Settings]:
    name = f"migrations_{worker_id}"
    host = str(server.socket_directory(postgres))
    with DatabaseJanitor(user=cluster.SUPERUSER, host=host, port=server.PORT, dbname=name):
        yield Settings(home=tmp_path / "home", database_url=server.address(postgres, cluster.SUPERUSER, name))


def catalog(url: str) -> list[tuple[str, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(
            """
            select relnamespace::regnamespace::text, relname, relkind::text from pg_class
            where relnamespace::regnamespace::text ~ '^(billing|reporting(_models)?|analytics|extensions|public)$'
            union all
            select connamespace::regnamespace::text, conname, pg_get_constraintdef(oid) from pg_constraint
            where connamespace::regnamespace::text = 'billing'
            order by 1, 2, 3
            """
        ).fetchall()


def test_all_the_way_back_and_up_again_is_the_same_database(blank: Settings) -> None:
    assert blank.database_url is not None
    deploy(blank, with_dbt=False)
    before = catalog(blank.database_url)
    assert len(before) > 100
    with psycopg.connect(blank.database_url) as connection:
        _drop_declared(connection)
        for step in reversed(steps()):
            connection.execute(step.with_suffix(".rollback.sql").read_bytes())
        connection.execute("drop schema deployment cascade")
    assert not catalog(blank.database_url)
    deploy(blank, with_dbt=False)
    assert set(catalog(blank.database_url)) ^ set(before) == set()


def _drop_declared(connection: psycopg.Connection) -> None:
    """Views and functions of sql/ are no part of the migrations; triggers go with their function."""
    connection.execute(
        """
        do $$
        declare
            v_name text;
        begin
            foreach v_name in array array(
                select format('view if exists %s', oid::regclass) from pg_class
                where relnamespace = 'billing'::regnamespace and relkind = 'v'
                union all
                select format('function if exists %s', oid::regprocedure) from pg_proc
                where pronamespace = 'billing'::regnamespace
            )
            loop
                execute format('drop %s cascade', v_name);
            end loop;
        end;
        $$
        """
    )
