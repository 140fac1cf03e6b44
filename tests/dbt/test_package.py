"""An analyst's project that has dbt_billing as a package: it finds the reports where they are, and changes none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from orchestrator.deployment.dbt_views import connection_variables
from orchestrator.resources import folder
from tests.dbt.conftest import NO_WARNING

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Clone

ANALYST = "billing_analyst"
UNTOUCHED = """
    select oid::regclass::text, oid, relowner::regrole::text, pg_get_viewdef(oid), obj_description(oid)
    from pg_class
    where relkind = 'v' and relnamespace::regnamespace::text in ('billing', 'reporting', 'reporting_models')
    order by 1
"""


class Project(Protocol):
    """Types a dbt command in the project, and returns what it printed."""

    def __call__(self, *arguments: str, succeeds: bool = True) -> str: ...


@pytest.fixture
def project(clone: Clone, tmp_path: Path) -> Project:
    """A copy of the example, with its package beside it and nothing to download from."""
    copy = tmp_path / "examples" / "analytics_project"
    shutil.copytree(folder("examples") / "analytics_project", copy)
    shutil.copytree(folder("dbt_billing"), tmp_path / "dbt_billing", ignore=shutil.ignore_patterns("target", "logs"))
    nowhere = dict.fromkeys(("DBT_PACKAGE_HUB_URL", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment = os.environ | connection_variables(clone.url(ANALYST), ANALYST) | nowhere

    dbt = Path(sys.executable).with_name("dbt")

    def type_(*arguments: str, succeeds: bool = True) -> str:
        done = subprocess.run(
            [dbt, f"--warn-error-options={NO_WARNING}", "--no-use-colors", *arguments],
            cwd=copy,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) == succeeds, done.stdout + done.stderr
        return done.stdout

    type_("deps")
    return type_


def typed(command: str, *arguments: str) -> tuple[str, ...]:
    """As the example's README says."""
    return command, "--profiles-dir=dbt_packages/dbt_billing", *arguments


@pytest.mark.usefixtures("books")
def test_it_builds_upon_the_reports_and_touches_nothing_else(project: Project, admin: psycopg.Connection) -> None:
    admin.execute("create view analytics.int_of_mine as select month, mrr from reporting.mrr")
    before = admin.execute(UNTOUCHED).fetchall()
    project(*typed("build"))
    assert admin.execute(UNTOUCHED).fetchall() == before
    assert any(name == "reporting_models.assurance_charges_compared" for name, *_ in before)
    made = admin.execute(
        "select viewname, viewowner from pg_views where schemaname = 'analytics' order by 1"
    ).fetchall()
    own = ["annual_recurring_revenue", "overdue_by_segment"]
    assert made == [(own[0], ANALYST), ("int_of_mine", "postgres"), (own[1], ANALYST)]
    twelve = "select sum(arr) = 12 * (select sum(mrr) from reporting.mrr) from analytics.annual_recurring_revenue"
    assert admin.execute(twelve).fetchone() == (True,)


def test_the_package_itself_is_not_the_analysts_to_build(project: Project, admin: psycopg.Connection) -> None:
    before = admin.execute(UNTOUCHED).fetchall()
    assert "permission denied for schema reporting" in project(*typed("run", "--select=mrr"), succeeds=False)
    assert admin.execute(UNTOUCHED).fetchall() == before


def test_its_own_views_are_replaced_under_what_was_built_upon_them(project: Project, admin: psycopg.Connection) -> None:
    project(*typed("run"))
    admin.execute("create view public.board as select arr from analytics.annual_recurring_revenue")
    project(*typed("run"))
    assert admin.execute("select count(*) from public.board").fetchone() == (0,)


def test_what_is_private_cannot_be_built_upon(project: Project, tmp_path: Path) -> None:
    model = tmp_path / "examples" / "analytics_project" / "models" / "too_deep.sql"
    model.write_text("select * from {{ ref('dbt_billing', 'int_invoices_dated') }}")
    assert "not allowed" in project(*typed("parse"), succeeds=False)
