from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.web.access import hashed

if TYPE_CHECKING:
    import psycopg

    from tests.orchestrator.cli.conftest import Billing


def test_access_is_given_listed_and_taken_away(billing: Billing, database: psycopg.Connection) -> None:
    added = billing("access", "add", "anna", "--role", "finance")
    assert (added.returncode, "anna may use billing serve as finance" in added.stderr) == (0, True)
    kept = database.execute("select token_sha256 from billing.api_tokens").fetchall()
    assert kept == [(hashed(added.stdout),)]
    assert "anna" in billing("access", "list").stdout
    assert billing("access", "revoke", "anna").returncode == 0
    assert billing("access", "list").stderr == "Nobody has access.\n"


def test_what_is_refused_leaves_everything_as_it_was(billing: Billing) -> None:
    assert billing("access", "add", "anna", "--role", "reader").returncode == 0
    for arguments in (("add", "anna", "--role=reader"), ("add", "ben", "--role=owner"), ("revoke", "ben")):
        refused = billing("access", *arguments)
        assert (refused.returncode, refused.stdout, "Traceback" in refused.stderr) == (2, "", False)
