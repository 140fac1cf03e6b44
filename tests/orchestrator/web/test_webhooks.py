from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.errors import BillingError
from orchestrator.web.webhooks import read_event
from tests.orchestrator.web.served import WEBHOOK_SECRET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.orchestrator.web.served import Served

EVENT = {
    "id": "evt_web_1",
    "object": "event",
    "type": "customer.updated",
    "created": 1773500000,
    "data": {"object": {}},
}


def signature(body: str, *, secret: str = WEBHOOK_SECRET, age: int = 0) -> str:
    at = int(time.time()) - age
    digest = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def send(served: Served, body: str, header: str) -> httpx.Response:
    with served.client() as client:
        return client.post("/webhooks/stripe", content=body.encode(), headers={"Stripe-Signature": header})


def test_a_signed_event_is_kept_once_however_often_it_comes(served: Served) -> None:
    body = json.dumps(EVENT)
    answers = [send(served, body, signature(body)).status_code for _ in range(3)]
    assert answers == [200, 200, 200]
    assert served.value("select count(*) from billing.webhook_events where webhook_event_id = %s", EVENT["id"]) == 1


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=1,v1=x",
        "nonsense",
        signature(json.dumps(EVENT), secret="another"),  # noqa: S106 - of a test
        signature(json.dumps(EVENT), age=301),
        signature(json.dumps(EVENT) + " "),
    ],
    ids=["none", "no hash", "nonsense", "another secret", "too old", "another body"],
)
def test_an_event_without_its_signature_is_refused(served: Served, header: str) -> None:
    assert send(served, json.dumps(EVENT), header).status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"id": 1, "type": "x"}', "not json", '"text"'])
def test_what_is_signed_but_no_event_is_refused(served: Served, body: str) -> None:
    assert send(served, body, signature(body)).status_code == 400


def test_an_event_of_another_encoding_is_refused() -> None:
    with pytest.raises(BillingError):
        read_event(b"\xff\xfe", "t=1,v1=x", WEBHOOK_SECRET)


HEADERS = st.one_of(
    st.text(st.characters(max_codepoint=255)),
    st.from_regex(r"t=.{0,30},v1=.{0,70}", fullmatch=True),
    st.builds("t={},v1={}".format, st.integers(), st.text(st.characters(max_codepoint=255))),
)


@given(header=HEADERS)
def test_no_signature_that_is_none_is_more_than_refused(header: str) -> None:
    with pytest.raises(BillingError):
        read_event(b"{}", header, WEBHOOK_SECRET)


@given(body=st.one_of(st.binary(), st.text().map(str.encode), st.integers(0, 200_000).map(lambda n: b"[" * n)))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_signed_body_that_is_none_is_more_than_refused(body: bytes) -> None:
    with pytest.raises(BillingError):
        read_event(body, signature(body.decode("latin-1")), WEBHOOK_SECRET)


@pytest.mark.parametrize("depth", [64, 1000, 100_000])
def test_a_deep_event_is_refused(served: Served, depth: int) -> None:
    body = '{"id": "evt_deep", "type": "x", "data": ' + "[" * depth + "]" * depth + "}"
    answer = send(served, body, signature(body))
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("header", ["t=1,v1=\xe9\xe9", "\xff", "t=\xb2,v1=a"])
def test_a_signature_that_is_not_ascii_is_refused(served: Served, header: str) -> None:
    with served.client() as client:
        headers = {b"Stripe-Signature": header.encode("latin-1")}
        answer = client.post("/webhooks/stripe", content=b"{}", headers=headers)
    assert answer.status_code == 400


async def at_once(served: Served, bodies: Sequence[str]) -> list[int]:
    """Send events all at the same time, and meanwhile ask for the server's health and a report; the statuses."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=served.address, timeout=60, limits=limits) as client:
        events = [
            client.post("/webhooks/stripe", content=body.encode(), headers={"Stripe-Signature": signature(body)})
            for body in bodies
        ]
        others = [
            client.get("/healthz"),
            client.get("/api/billing/outstanding", headers={"Authorization": f"Bearer {served.secrets.token}"}),
        ]
        return [answer.status_code for answer in await asyncio.gather(*events, *others)]


def test_a_burst_of_webhooks_is_answered_while_their_invoices_are_locked(served: Served) -> None:
    number = served.value("select min(invoice_number) from billing.invoices where status = 'issued'")
    thing = {"object": "customer", "metadata": {"invoice_number": number}}
    bodies = [
        json.dumps(EVENT | {"id": f"evt_burst_{one}", "type": "nothing.of_ours", "data": {"object": thing}})
        for one in range(200)
    ]
    with served.sql() as connection, connection.transaction():
        connection.execute("select from billing.invoices where status = 'issued' for update")
        assert asyncio.run(at_once(served, bodies)) == [200] * 202
        kept = "select count(*) from billing.webhook_events where webhook_event_id like 'evt_burst_%%' and {}"
        assert served.value(kept.format("processed_at is null")) == 200
