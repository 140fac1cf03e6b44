"""docs/reports.md names the views and columns that the database has; its addresses and queries are answered."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest

from orchestrator.deployment.deploy import ROLES
from orchestrator.embedded import server
from orchestrator.engine.access import WebDatabase
from orchestrator.reports.catalog import describe_views
from orchestrator.reports.query import has_periods
from orchestrator.web.openapi import openapi_document
from orchestrator.web.parameters import filters_of
from tests.conventions import documents
from tests.orchestrator.web.served import RecordedPayments, let_in, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    import psycopg

    from orchestrator.config import Settings
    from tests.conftest import Clone, Connect

REPORTS = documents.text("docs/reports.md")
SHELL = "".join(documents.blocks(REPORTS, "sh"))
HTTP = documents.section(REPORTS, "HTTP")
ADDRESSES = [
    *(row["address"] for row in documents.table_of(HTTP, "address")),
    *re.findall(r"http://127\.0\.0\.1:8000([^\s\"]+)", SHELL),
]


def test_every_view_is_documented_with_columns_that_it_has(database: psycopg.Connection) -> None:
    views = describe_views(database)
    documented = {row["view"]: row for row in documents.table_of(REPORTS, "view")}
    assert set(documented) == set(views)
    for name, row in documented.items():
        month = documents.names(row["month"]) if row["month"] else []
        missing = [
            column for column in (*documents.names(row["key columns"]), *month) if views[name].column(column) is None
        ]
        assert missing == [], name
        assert bool(month) == has_periods(views[name]), name


def test_the_documented_parameters_are_those_of_the_api(database: psycopg.Connection) -> None:
    views = describe_views(database)
    operation = openapi_document(views, "http://127.0.0.1")["paths"]["/api/billing/mrr"]["get"]
    known = {parameter["name"] for parameter in operation["parameters"]} - set(filters_of(views["mrr"]))
    assert {row["parameter"] for row in documents.table_of(HTTP, "parameter")} - {"a text column"} == known


@pytest.fixture
def client(settings: Settings, connect: Connect) -> Iterator[httpx.Client]:
    secrets = let_in(WebDatabase(connect("billing_worker")))
    with serving(settings, secrets, RecordedPayments()) as running, running.api() as client:
        yield client


def test_every_address_is_answered(client: httpx.Client) -> None:
    for address in ADDRESSES:
        path = address.replace("{view}", "revenue-by-customer").replace("{number}", "INV-2026-02-0047")
        expected = HTTPStatus.FORBIDDEN if path.endswith(".pdf") else HTTPStatus.OK
        assert client.get(path).status_code == expected, address


def test_the_roles_exist_and_read_reports(clone: Clone) -> None:
    roles = {row["role"] for row in documents.table_of(REPORTS, "role")}
    assert roles < set(ROLES)
    for role in roles:
        documents.psql(server.binaries(clone.server), clone.url(role), queries="select * from reporting.mrr;")


@pytest.mark.parametrize("query", re.findall(r'-c "\\copy (\(.*?\)) to ', SHELL))
def test_a_query_can_be_copied(clone: Clone, query: str) -> None:
    documents.psql(server.binaries(clone.server), clone.url("billing_reader"), queries=f"copy {query} to stdout;")
