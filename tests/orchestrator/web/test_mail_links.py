from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.types.json import Jsonb

from orchestrator.mail.message import TEMPLATES, build_message
from tests.collection import Collection
from tests.orchestrator.web.served import RecordedPayments, Secrets, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from orchestrator.config import Settings
    from tests.collection import Bill
    from tests.orchestrator.web.served import Served

ADDRESS = "https://pay.example"
LINK = re.compile(rf"{ADDRESS}([^\s\"<>]*)")
METHODS = ("charge_automatically", "send_invoice")
DETAILS = {"paid_amount": "40.00", "paid_on": "2026-03-10", "voided_on": "2026-03-15"}
OCCASIONS: tuple[dict[str, str], ...] = (
    DETAILS,
    DETAILS | {"failure_reason": "expired_card", "retry_on": "2026-03-18"},
    DETAILS | {"failure_reason": "expired_card"},
)


@pytest.fixture(params=[True, False], ids=["with a gateway", "without a gateway"])
def running(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Served]:
    with serving(settings, Secrets(token="", password=""), RecordedPayments(is_there=request.param)) as served:
        yield served


def links_of_all_mails(given: Collection, bill: Bill, *, has_gateway: bool) -> set[str]:
    """Write every kind of mail about an invoice, on every occasion; the links in either part of any, and of its PDF."""
    given.credited(bill, "9.00")
    for template in TEMPLATES - {"credit_note"}:
        for number, details in enumerate(OCCASIONS):
            given.connection.execute(
                "select billing.write_email(%s, %s, '2026-03-15', %s, %s)",
                (bill.invoice_id, template, str(number), Jsonb(details)),
            )
    mails: list[tuple[dict[str, Any]]] = given.connection.execute(
        "select billing.email_message(email_id, %s, %s, '2026-03-01') || '{\"attachments\": []}' from billing.emails",
        (ADDRESS, has_gateway),
    ).fetchall()
    assert {mail["template"] for (mail,) in mails} >= TEMPLATES - {"invoice_card", "invoice_transfer"}
    parts = [part for (mail,) in mails for part in build_message(mail).walk() if not part.is_multipart()]
    document = given.value("select billing.invoice_document(%s, %s, %s)::text", bill.invoice_id, ADDRESS, has_gateway)
    return {link for text in [*(part.get_content() for part in parts), document] for link in LINK.findall(text)}


@pytest.mark.parametrize("method", METHODS)
def test_every_link_of_every_mail_leads_somewhere(running: Served, database: psycopg.Connection, method: str) -> None:
    given = Collection(database)
    bill = given.issued("100.00", method=method)
    links = links_of_all_mails(given, bill, has_gateway=running.payments.is_there)
    assert links
    with running.client() as client:
        for _ in ("open", "paid"):
            answers = {link: client.get(link, follow_redirects=True).status_code for link in sorted(links)}
            assert max(answers.values()) < 400, answers
            given.paid_by_hand(bill, "91.00")
    assert not running.payments.asked


@pytest.mark.parametrize("path", ["/card", "/pay"])
def test_opening_a_link_starts_nothing(running: Served, database: psycopg.Connection, path: str) -> None:
    given = Collection(database)
    bill = given.issued("100.00", method="charge_automatically")
    with running.client() as client:
        page = client.get(f"/i/{running.link_token(bill.number)}{path}", follow_redirects=True)
    assert (page.status_code, running.payments.asked) == (200, [])
    assert ('method="post"' in page.text) == running.payments.is_there
