from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.sql.documents.conftest import three

if TYPE_CHECKING:
    from tests.given import Given

__all__ = ["three"]

pytestmark = pytest.mark.usefixtures("three")

CLAIM = "select subject_id, claim from billing.claim_documents('w', 1, '1h', 'infinity', 'infinity')"


def test_a_failure_gives_the_document_back_with_the_reason(given: Given) -> None:
    document, attempt = given.connection.execute(CLAIM).fetchone() or (0, 0)
    given.connection.execute("select billing.give_back_work('document', %s, %s, 'font missing')", (document, attempt))
    rows = given.connection.execute("select * from billing.open_documents()").fetchall()
    assert rows == [
        ("INV-2026-02-0001", "font missing"),
        ("INV-2026-02-0002", None),
        ("INV-2026-02-0003", None),
    ]


def test_a_later_success_forgets_the_failure(given: Given) -> None:
    document, attempt = given.connection.execute(CLAIM).fetchone() or (0, 0)
    given.connection.execute("select billing.give_back_work('document', %s, %s, 'no font')", (document, attempt))
    given.deliver()
    assert given.connection.execute("select * from billing.open_documents()").fetchall() == []


def test_whoever_gave_it_back_holds_it_no_longer(given: Given) -> None:
    document, attempt = given.connection.execute(CLAIM).fetchone() or (0, 0)
    give_back = "select billing.give_back_work('document', %s, %s, 'no font')"
    given.connection.execute(give_back, (document, attempt))
    with pytest.raises(psycopg.Error, match="was lost"):
        given.connection.execute(give_back, (document, attempt))


def test_whoever_lost_the_claim_cannot_fail_it(given: Given) -> None:
    document, attempt = given.connection.execute(CLAIM).fetchone() or (0, 0)
    with pytest.raises(psycopg.Error, match="was lost"):
        given.connection.execute("select billing.give_back_work('document', %s, %s, 'x')", (document, attempt + 1))
