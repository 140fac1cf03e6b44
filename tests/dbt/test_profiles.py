"""`dbt build` as an analyst types it, and the deployment: profiles.yml finds the same server that billing does."""

from __future__ import annotations

import warnings

import pytest

from orchestrator.resources import folder

EMBEDDED = {"PWD": "/books", "HOME": "/elsewhere"}
KEYS = ("host", "port", "user", "password", "dbname", "role")
ANALYST, OWNER = "billing_analyst", "billing_owner"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ("/books/.billing/run", 5432, ANALYST, "", "billing", ANALYST)),
        ({"PGHOST": "/elsewhere/run"}, ("/elsewhere/run", 5432, ANALYST, "", "billing", ANALYST)),
        ({"DATABASE_URL": "postgresql://h/b", "PGHOST": "/x"}, ("h", 5432, ANALYST, "", "b", ANALYST)),
        (
            {"DATABASE_URL": "postgresql://bob:s%40c%2Fret@db.example:6432/bill?sslmode=require"},
            ("db.example", 6432, "bob", "s@c/ret", "bill", ANALYST),
        ),
        (
            {"DATABASE_URL": "postgres://postgres@/bill?host=%2Ftmp%2Frun&port=5433"},
            ("/tmp/run", 5433, "postgres", "", "bill", ANALYST),  # noqa: S108 - only a name
        ),
        (
            {"DATABASE_URL": "postgres://h/b", "BILLING_DBT_ROLE": "ours", "PGHOST": "/s", "PGUSER": "u"},
            ("/s", 5432, "u", "", "billing", "ours"),
        ),
    ],
)
@pytest.mark.parametrize(("target", "role"), [("analytics", ANALYST), ("billing", OWNER)])
def test_the_profile_reads_the_variables_of_billing(
    variables: dict[str, str], expected: tuple[object, ...], target: str, role: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of dbt's own dependencies
        from dbt.config.profile import read_profile  # noqa: PLC0415 - slow to import
        from dbt.config.renderer import ProfileRenderer  # noqa: PLC0415 - likewise
        from dbt_common.context import set_invocation_context  # noqa: PLC0415 - likewise

        set_invocation_context(EMBEDDED | variables)
        profile = read_profile(str(folder("dbt_billing")))["dbt_billing"]["outputs"][target]
        rendered = ProfileRenderer({}).render_data(profile)
    assert tuple(rendered[key] for key in KEYS) == tuple(role if value == ANALYST else value for value in expected)
