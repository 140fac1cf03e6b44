from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import stripe

from stripe_sandbox import Sandbox

if TYPE_CHECKING:
    from tests.stripe_sandbox.conftest import Charge, Listener

MARCH = datetime(2026, 3, 1, 8, tzinfo=UTC)


def attempt(client: stripe.StripeClient, customer: str, method: str) -> str:
    try:
        return client.v1.payment_intents.create(
            {
                "amount": 5000,
                "currency": "usd",
                "customer": customer,
                "payment_method": method,
                "confirm": True,
                "off_session": True,
            }
        ).status
    except stripe.CardError as error:
        return str(error.error and error.error.decline_code)


def test_time_is_the_sandboxs_own(sandbox: Sandbox, charge: Charge, client: stripe.StripeClient) -> None:
    sandbox.set_now(MARCH)
    assert charge().created == int(MARCH.timestamp())
    assert {event.created for event in client.v1.events.list().data} == {int(MARCH.timestamp())}
    with pytest.raises(ValueError, match="offset"):
        sandbox.set_now(datetime(2026, 3, 1))  # noqa: DTZ001 - on purpose


def test_an_account_is_replenished_on_a_date_and_nobody_is_told(
    sandbox: Sandbox, client: stripe.StripeClient, registered: Listener
) -> None:
    sandbox.set_now(MARCH)
    customer = sandbox.add_customer(name="Aster", email="a@aster.example", card="insufficient_funds")
    sandbox.set_card(customer.customer_id, "ok", on=MARCH + timedelta(days=3))
    identifiers = (customer.customer_id, customer.payment_method_id)
    assert attempt(client, *identifiers) == "insufficient_funds"
    sandbox.set_now(MARCH + timedelta(days=2, hours=23))
    assert attempt(client, *identifiers) == "insufficient_funds"
    sandbox.webhooks.wait_until_delivered()
    registered.received.clear()
    sandbox.set_now(MARCH + timedelta(days=3))
    sandbox.webhooks.wait_until_delivered()
    assert registered.received == []
    assert attempt(client, *identifiers) == "succeeded"


def test_a_new_card_on_a_date_is_told(sandbox: Sandbox, client: stripe.StripeClient, registered: Listener) -> None:
    sandbox.set_now(MARCH)
    customer = sandbox.add_customer(name="Aster", email="a@aster.example", card="expired_card")
    sandbox.replace_card(customer.customer_id, "ok", on=MARCH + timedelta(days=2))
    sandbox.webhooks.wait_until_delivered()
    registered.received.clear()
    sandbox.set_now(MARCH + timedelta(days=2))
    sandbox.webhooks.wait_until_delivered()
    (attached, _) = registered.events(sandbox.webhook_secret)
    assert attempt(client, customer.customer_id, customer.payment_method_id) == "expired_card"
    assert attempt(client, customer.customer_id, attached.data.object["id"]) == "succeeded"


def test_ids_of_a_file_can_be_given(sandbox: Sandbox, client: stripe.StripeClient) -> None:
    customer = sandbox.add_customer(
        name="Aster", email="a@aster.example", customer_id="cus_1001", payment_method_id="pm_1001"
    )
    assert (customer.customer_id, customer.payment_method_id) == ("cus_1001", "pm_1001")
    assert attempt(client, "cus_1001", "pm_1001") == "succeeded"


def test_ids_are_new_each_time_unless_a_seed_is_given() -> None:
    def first_id(seed: str | None) -> str:
        with Sandbox.start(seed=seed) as sandbox:
            return sandbox.add_customer(name="Aster", email="a@aster.example").customer_id

    assert first_id("story") == first_id("story")
    assert first_id(None) != first_id(None)


def test_a_card_that_does_not_exist_is_refused_with_the_list(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="expired_card"):
        sandbox.add_customer(name="Aster", email="a@aster.example", card="golden")


def test_a_port_in_use_is_said_at_once_and_nothing_stays_open() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            Sandbox.start(smtp_port=taken.getsockname()[1])


def control(sandbox: Sandbox, method: str, path: str, **fields: Any) -> httpx.Response:
    return httpx.request(
        method,
        f"{sandbox.stripe_url}/_sandbox{path}",
        json=fields,
        headers={"Authorization": f"Bearer {sandbox.api_key}"},
    )


def test_everything_can_be_controlled_over_http(sandbox: Sandbox, client: stripe.StripeClient, charge: Charge) -> None:
    customer = sandbox.add_customer(name="Aster", email="a@aster.example")
    assert control(sandbox, "POST", "/now", now=MARCH.isoformat()).status_code == 200
    assert control(sandbox, "GET", "").json()["now"] == MARCH.isoformat()
    control(sandbox, "POST", "/cards", customer=customer.customer_id, card="lost_card")
    assert attempt(client, customer.customer_id, customer.payment_method_id) == "lost_card"
    control(sandbox, "POST", "/portal", customer=customer.customer_id, card="ok")
    paid = charge()
    dispute = control(sandbox, "POST", "/disputes", charge=paid.latest_charge).json()
    assert control(sandbox, "POST", "/disputes/close", dispute=dispute["id"], verdict="won").json()["status"] == "won"
    control(sandbox, "POST", "/faults", kind="rate_limit", times=5)
    with pytest.raises(stripe.RateLimitError):
        charge()
    control(sandbox, "DELETE", "/faults")
    assert charge().status == "succeeded"
    control(sandbox, "POST", "/smtp", rejected=["a@b.example"], temporary=2)
    assert (sandbox.mail.faults.rejected, sandbox.mail.faults.temporary) == ({"a@b.example"}, 2)
    assert control(sandbox, "GET", "/mails").json() == []
    for action in ("hold", "release", "duplicate", "drop"):
        assert control(sandbox, "POST", "/webhooks", action=action).status_code == 200


@pytest.mark.parametrize(
    ("path", "fields", "message"),
    [
        ("/now", {}, "'now' is missing"),
        ("/now", {"now": "tomorrow"}, "Invalid isoformat"),
        ("/faults", {"kind": "earthquake"}, "earthquake"),
        ("/faults", {"sort": "delay"}, "sort"),
        ("/cards", {"customer": "cus_nobody", "card": "ok"}, "cus_nobody"),
        ("/webhooks", {"action": "burn"}, "burn"),
        ("/smtp", {"slow": 1}, "slow"),
    ],
)
def test_a_wrong_wish_is_answered_with_a_sentence(
    sandbox: Sandbox, path: str, fields: dict[str, str], message: str
) -> None:
    answer = control(sandbox, "POST", path, **fields)
    assert answer.status_code == 400
    assert message in answer.json()["error"]


def test_only_the_holder_of_the_key_controls(sandbox: Sandbox) -> None:
    assert httpx.post(f"{sandbox.stripe_url}/_sandbox/now", json={"now": None}).status_code == 401


def test_the_sandbox_can_be_sent_away_for_a_second(sandbox: Sandbox) -> None:
    assert control(sandbox, "POST", "/down", seconds=1).status_code == 200
    refused = 0
    for _ in range(100):
        try:
            httpx.get(f"{sandbox.stripe_url}/c/nothing")
        except httpx.TransportError:
            refused += 1
        else:
            if refused:
                break
    assert refused


def test_people_can_run_it_and_end_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "stripe_sandbox"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    printed = dict(process.stdout.readline().strip().split("=", 1) for _ in range(5))
    names = {"STRIPE_API_BASE", "STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET", "SMTP_URL", "BILLING_PUBLIC_URL"}
    assert printed.keys() == names
    assert (
        httpx.get(f"{printed['STRIPE_API_BASE']}/v1/customers", auth=(printed["STRIPE_API_KEY"], "")).status_code == 200
    )
    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=20)[1] == ""
    assert process.returncode == 0
