from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.web.webhooks import read_event
from tests.orchestrator.web.served import WEBHOOK_SECRET

if TYPE_CHECKING:
    import httpx

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
)
def test_an_event_without_its_signature_is_refused(served: Served, header: str) -> None:
    assert send(served, json.dumps(EVENT), header).status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"id": 1, "type": "x"}', "not json", '"text"'])
def test_what_is_signed_but_no_event_is_refused(served: Served, body: str) -> None:
    assert send(served, body, signature(body)).status_code == 400


def test_an_event_of_another_encoding_is_refused() -> None:
    with pytest.raises(BillingError):
        read_event(b"\xff\xfe", "t=1,v1=x", WEBHOOK_SECRET)
