from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.given import Given

if TYPE_CHECKING:
    import psycopg


@pytest.fixture
def given(database: psycopg.Connection) -> Given:
    """A factory on the test's database."""
    return Given(database)


def test_a_metric_that_no_plan_counts_is_named(given: Given) -> None:
    given.plan("flat", unit_amount=1, metric="api_calls")
    given.metric("api_call")
    given.metric("another")
    found = given.connection.execute(
        "select metric from billing.metrics_without_plan(array['api_calls', 'api_call', 'never_seen'])"
    ).fetchall()
    assert found == [("api_call",)]
