"""A view whose model is gone goes with the next deployment; what somebody else has made stays."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import psycopg
import pytest
import yaml

from orchestrator import resources
from orchestrator.deployment.deploy import OWNER, deploy

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.config import Settings

GONE = ["reporting.former", "reporting_models.int_former"]


class Project:
    """Our dbt project with other models."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(
            resources.folder("dbt_billing"), root, ignore=shutil.ignore_patterns("models", "tests", "target")
        )
        (root / "models").mkdir()
        (root / "tests").mkdir()
        shutil.copy(resources.folder("dbt_billing") / "models" / "groups.yml", root / "models")

    def __call__(self, name: str) -> Path:
        return self.root if name == "dbt_billing" else resources.folder(name)

    def write(self, layer: str, name: str, sql: str) -> None:
        folder = self.root / "models" / layer
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.sql").write_text(sql)
        column = {"name": "one", "data_type": "integer", "description": "One."}
        described = {"name": name, "description": "One row.", "columns": [column]}
        (folder / f"{name}.yml").write_text(yaml.safe_dump({"models": [described]}))

    def remove(self, layer: str, name: str) -> None:
        for suffix in ("sql", "yml"):
            (self.root / "models" / layer / f"{name}.{suffix}").unlink()


@pytest.fixture
def project(settings: Settings, tmp_path: Path) -> Project:
    """Deployed: a report and a former one, each built upon a step of its own."""
    project = Project(tmp_path / "project")
    project.write("intermediate", "int_kept", "select 1 as one, 2 as two")
    project.write("intermediate", "int_former", "select one, two from {{ ref('int_kept') }}")
    project.write("reporting", "kept", "select one from {{ ref('int_kept') }}")
    project.write("reporting", "former", "select one from {{ ref('int_former') }}")
    for view in _views(settings):
        _execute(settings, f"drop view if exists {view} cascade")
    _forget(settings)
    deploy(settings, folder=project)
    assert {"reporting.kept", *GONE} <= set(_views(settings))
    project.remove("intermediate", "int_former")
    project.remove("reporting", "former")
    return project


def test_views_of_removed_models_are_dropped_and_named(settings: Settings, project: Project) -> None:
    _execute(settings, "create view reporting.of_somebody_else as select one from reporting.kept")
    assert deploy(settings, folder=project) == [f"Dropped, for they are no reports any more: {', '.join(GONE)}."]
    assert _views(settings) == ["reporting.kept", "reporting.of_somebody_else", "reporting_models.int_kept"]
    assert deploy(settings, folder=project) == []


def test_a_removed_view_holds_no_column_in_the_way(settings: Settings, project: Project) -> None:
    project.write("intermediate", "int_kept", "select 1 as one")
    assert len(deploy(settings, folder=project)) == 1
    assert _views(settings) == ["reporting.kept", "reporting_models.int_kept"]


def test_a_removed_view_that_others_built_upon_stays_and_both_are_named(settings: Settings, project: Project) -> None:
    _execute(settings, "create view analytics.board as select one from reporting.former")
    dropped, kept = deploy(settings, folder=project)
    assert dropped == "Dropped, for they are no reports any more: reporting_models.int_former."
    assert kept.startswith("reporting.former is no report any more")
    assert "view analytics.board depends on view reporting.former" in kept
    _execute(settings, "drop view analytics.board")
    assert deploy(settings, folder=project) == ["Dropped, for they are no reports any more: reporting.former."]


def test_the_first_deployment_with_a_list_takes_those_that_are_described_as_ours(
    settings: Settings, project: Project
) -> None:
    _forget(settings)
    _execute(settings, "create view reporting.of_somebody_else as select 1 as one")
    assert deploy(settings, folder=project) == [f"Dropped, for they are no reports any more: {', '.join(GONE)}."]
    assert "reporting.of_somebody_else" in _views(settings)


def _views(settings: Settings) -> list[str]:
    query = """
        select schemaname || '.' || viewname from pg_views where schemaname in ('reporting', 'reporting_models')
        order by 1
    """
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        return [name for (name,) in connection.execute(query).fetchall()]


def _execute(settings: Settings, statement: str, *, role: str = OWNER) -> None:
    assert settings.database_url is not None
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(f"set role {role}".encode())
        connection.execute(statement.encode())


def _forget(settings: Settings) -> None:
    """As if every deployment had been one of a version that kept no list."""
    _execute(settings, "delete from deployment.views", role="none")
