"""What the documentation says about settings, roles, locks and SQL is what the code has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from orchestrator import resources
from orchestrator.deployment.deploy import ROLES
from orchestrator.embedded import server
from orchestrator.gateway.stripe.events import KINDS
from orchestrator.mail.smtp_url import smtp_server
from tests.conventions import declared, documents
from tests.conventions.documents import table_of
from tests.conventions.repository import ROOT

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Clone

CONFIGURATION = documents.text("docs/configuration.md")
ARCHITECTURE = documents.text("docs/architecture.md")
OPERATIONS = documents.text("docs/operations.md")
RUNBOOK_QUERIES: list[str] = documents.blocks(OPERATIONS, "sql")
NAMED = re.compile(r"`([\w.]+)`")


def paragraph_after(document: str, words: str) -> str:
    return document.split(words, 1)[1].split("\n\n")[1]


def sql(pattern: str) -> set[str]:
    files = resources.folder("sql").rglob("*.sql")
    return {name for path in files for name in re.findall(pattern, path.read_text(encoding="utf-8"))}


def test_every_variable_that_is_read_is_documented() -> None:
    read = re.findall(r'given\.get\("(\w+)"', (ROOT / "orchestrator" / "config.py").read_text(encoding="utf-8"))
    assert sorted(row["variable"] for row in table_of(CONFIGURATION, "variable")) == sorted(read)


@pytest.mark.parametrize("row", table_of(CONFIGURATION, "form"), ids=lambda row: row["form"])
def test_an_smtp_url_means_what_is_documented(row: dict[str, str]) -> None:
    mail_server = smtp_server(row["form"])
    port = re.search(r"port (\d+)", row["meaning"])
    assert port is None or mail_server.port == int(port[1])
    assert mail_server.starttls == ("STARTTLS required" in row["meaning"])
    assert mail_server.is_tls == ("TLS from the start" in row["meaning"])


def test_every_webhook_to_register_is_acted_upon() -> None:
    wanted = set(NAMED.findall(paragraph_after(CONFIGURATION, "Register the endpoint")))
    assert wanted
    assert wanted <= KINDS.keys()
    handled = sql(r"when '([\w.]+)' then billing\._process_")
    assert {kind for kind in KINDS.values() if kind != "refund_pending"} <= handled


def test_the_architecture_names_every_role_and_lock(database: psycopg.Connection) -> None:
    assert {row["role"] for row in table_of(ARCHITECTURE, "role")} == set(ROLES)
    named = set(re.findall(r"`'([a-z ]+)'`", ARCHITECTURE))
    assert named == {name for (name,) in database.execute("select name from billing.locks")}
    assert named == sql(r"billing\.lock\('([a-z ]+)'\)")


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(_?[a-z]+_[a-z_]+)`", ARCHITECTURE))))
def test_what_the_architecture_names_exists(name: str) -> None:
    known = set(declared.by_name())
    known |= set(re.findall(r"CREATE TABLE billing\.(\w+)", documents.text("docs/schema.sql")))
    known |= {path.stem for path in (resources.folder("dbt_billing") / "models").rglob("*.sql")}
    known |= set(re.findall(r"(?:INDEX|CONSTRAINT) (\w+)", documents.text("docs/schema.sql")))
    known |= {path.stem for path in ROOT.glob("orchestrator/*")} | {"stripe_sandbox"}
    assert name in known | set(ROLES)


@pytest.mark.parametrize("queries", [block for block in RUNBOOK_QUERIES if "partman" not in block])
def test_a_query_of_the_runbooks_runs(clone: Clone, queries: str) -> None:
    documents.psql(server.binaries(clone.server), clone.url("postgres"), queries=queries)


def test_the_partman_runbook_is_the_adoption_that_is_tested() -> None:
    (documented,) = (block for block in RUNBOOK_QUERIES if "partman" in block)
    tested = documents.text("tests/sql/maintenance/test_partitions.py")
    (statement,) = re.findall(r'ADOPT = b"""\n(.*?)"""', tested, re.DOTALL)
    assert _words(documented.replace("3, 'billing", "2, 'billing")) == _words(statement)


def _words(statement: str) -> list[str]:
    return re.findall(r"[\w.']+", statement)


def test_the_glossary_is_in_order_and_has_each_word_once() -> None:
    words = [row["word"].lower() for row in table_of(documents.text("docs/glossary.md"), "word")]
    assert words == sorted(set(words))
