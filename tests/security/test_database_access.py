"""Whoever is on the server has no business in the database until somebody lets him in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator.config import Settings
from orchestrator.deployment.database_access import close_to_public, open_to_public
from orchestrator.deployment.deploy import ROLES, deploy, differing, ensure_deployed, settle_access
from orchestrator.embedded import cluster, server
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Clone


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[Settings]:
    """A server on which two companies have a deployer and a database each."""
    settings = Settings(home=tmp_path_factory.mktemp("own"), postgres_bin=pytestconfig.getoption("--pg-bin"))
    try:
        with psycopg.connect(server.ensure_running(settings), autocommit=True) as connection:
            for company in ("first", "second"):
                connection.execute(f"create role {company} login createrole".encode())
                connection.execute(f"create database {company} owner {company}".encode())
        yield settings
    finally:
        server.stop(settings)


def of(own: Settings, user: str, database: str) -> Settings:
    return Settings(home=own.home, database_url=server.address(own, user, database))


def run(settings: Settings, *statements: str) -> list[tuple[object, ...]]:
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        return [connection.execute(statement.encode()) for statement in statements][-1].fetchall()


def needs_membership(settings: Settings) -> bool:
    """Up to PostgreSQL 15 who may make roles may also take them on."""
    return run(settings, "select current_setting('server_version_num')::integer >= 160000") == [(True,)]


def may_connect(settings: Settings) -> bool:
    try:
        return run(settings, "select 1") == [(1,)]
    except psycopg.OperationalError:
        return False


def test_two_companies_on_one_server_and_no_reader_sees_the_other(own: Settings) -> None:
    first, second = of(own, "first", "first"), of(own, "second", "second")
    deploy(first, with_dbt=False)
    if needs_membership(first):
        with pytest.raises(BillingError, match="second of DATABASE_URL is not a member of billing_analyst") as refused:
            deploy(second, with_dbt=False)
        assert refused.value.exit_code == 2
        run(first, str(refused.value).split("run: ")[1], "select 1")
    deploy(second, with_dbt=False)
    run(first, "create role bi login in role billing_reader", "grant connect on database first to bi", "select 1")
    assert [may_connect(of(own, "bi", name)) for name in ("first", "second")] == [True, False]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(of(own, "bi", "first"), "set role billing_owner", "select 1")
    assert [run(one, "select billing.currency_exponent('JPY')") for one in (first, second)] == [[(0,)], [(0,)]]
    changed = [each.aspect for one in (first, second) for each in differing(one)]
    assert [each for each in changed if each.object.startswith(("role ", "the database"))] == []


def test_a_deployer_who_may_make_no_roles_is_told_so_before_anything_is_made(
    postgres: Settings, tmp_path: Path
) -> None:
    assert postgres.is_embedded
    own = Settings(home=tmp_path / "own", postgres_bin=postgres.postgres_bin)
    try:
        run(Settings(home=own.home, database_url=server.ensure_running(own)), "create role poor login", "select 1")
        with pytest.raises(BillingError, match=r"alter role poor createrole;"):
            deploy(of(own, "poor", "billing"), with_dbt=False)
    finally:
        server.stop(own)


def test_a_database_that_is_made_lets_nobody_in_but_its_owner(clone: Clone) -> None:
    with psycopg.connect(clone.url(cluster.SUPERUSER), autocommit=True) as connection:
        assert open_to_public(connection) == ["CONNECT", "TEMPORARY"]
        close_to_public(connection, roles=ROLES, are_logins=False, was_in_use=False)
        assert open_to_public(connection) == []
        privileges = "select has_database_privilege(%s, current_database(), 'connect')"
        assert [connection.execute(privileges, (role,)).fetchone() for role in ROLES] == [(False,)] * len(ROLES)


def test_temporary_objects_and_large_ones_are_not_for_readers(clone: Clone) -> None:
    with psycopg.connect(clone.url(cluster.SUPERUSER), autocommit=True) as connection:
        close_to_public(connection, roles=ROLES, are_logins=True, was_in_use=True)
        query = "select has_database_privilege(%s, current_database(), 'temporary')"
        allowed = {role for role in ROLES if connection.execute(query, (role,)).fetchone() == (True,)}
    assert allowed == {"billing_owner", "billing_ingest", "billing_worker"}
    with psycopg.connect(clone.url("billing_reader"), autocommit=True) as reader:
        for statement in ("create temporary table mine ()", "select lo_create(0)", "select lo_from_bytea(0, '')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement.encode())


def test_a_database_in_use_keeps_the_logins_it_had_and_names_them(clone: Clone, settings: Settings) -> None:
    with psycopg.connect(clone.url(cluster.SUPERUSER), autocommit=True) as connection:
        login = f"backup_{clone.name}"
        connection.execute(f"create role {login} login".encode())
        try:
            (said,) = settle_access(settings)
            assert login in said
            assert may_connect(Settings(home=settings.home, database_url=clone.url(login)))
            assert open_to_public(connection) == []
        finally:
            connection.execute(f"drop owned by {login}; drop role {login}".encode())


def test_who_may_not_close_the_database_says_what_its_owner_has_to_do(clone: Clone) -> None:
    (said,) = settle_access(Settings(home=clone.server.home, database_url=clone.url("billing_owner")))
    assert said.endswith(f"run: revoke connect, temporary on database {clone.name} from public;")


def test_a_user_that_is_no_member_of_the_roles_is_told_whom_to_ask(clone: Clone, admin: psycopg.Connection) -> None:
    login = f"stranger_{clone.name}"
    admin.execute(f"create role {login} login".encode())
    try:
        stranger = Settings(home=clone.server.home, database_url=clone.url(login))
        with pytest.raises(BillingError, match=f"run: grant billing_worker to {login};") as refused:
            ensure_deployed(stranger, with_dbt=False, role="billing_worker")
        assert refused.value.exit_code == 2
    finally:
        admin.execute(f"drop role {login}".encode())


def test_a_session_of_the_owner_works_as_every_role(clone: Clone) -> None:
    ensure_deployed(Settings(home=clone.server.home, database_url=clone.url("billing_owner")), with_dbt=False)
    for role in ROLES:
        with psycopg.connect(clone.url("billing_owner")) as connection:
            connection.execute(f"set role {role}".encode())


def test_a_wrong_password_says_that_nothing_was_done(own: Settings) -> None:
    stranger = of(own, "nobody", "billing")
    with pytest.raises(BillingError, match=r"role \"nobody\" does not exist\. Nothing was done\.$") as refused:
        ensure_deployed(stranger)
    assert refused.value.exit_code == 3


def test_transactions_that_a_reader_forgot_end_unless_the_operator_says_otherwise(own: Settings) -> None:
    first = of(own, "first", "first")
    deploy(first, with_dbt=False)
    shown = "show idle_in_transaction_session_timeout"
    readers = [of(own, role, "first") for role in ("billing_reader", "billing_analyst")]
    run(first, "grant connect on database first to billing_reader, billing_analyst", "select 1")
    assert [run(reader, shown) for reader in readers] == [[("10min",)], [("10min",)]]
    timeout = "alter role billing_reader in database first set idle_in_transaction_session_timeout = '1h'"
    run(first, timeout, "select 1")
    deploy(first, with_dbt=False)
    assert [run(reader, shown) for reader in readers] == [[("1h",)], [("10min",)]]
    run(first, "revoke connect on database first from billing_reader, billing_analyst", "select 1")
