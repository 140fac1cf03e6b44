from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import stripe

from stripe_sandbox import Fault

if TYPE_CHECKING:
    from stripe_sandbox import Sandbox
    from tests.stripe_sandbox.conftest import Charge

PATH = "/v1/payment_intents"


def is_replayed(error: stripe.StripeError) -> bool:
    return (error.headers or {}).get("Idempotent-Replayed") == "true"


def intents(client: stripe.StripeClient) -> int:
    return len(client.v1.payment_intents.list({"limit": 100}).data)


def test_the_same_key_pays_once(charge: Charge, client: stripe.StripeClient) -> None:
    first, second = charge(key="invoice-1-attempt-1"), charge(key="invoice-1-attempt-1")
    assert (first.id, intents(client)) == (second.id, 1)
    assert first.last_response is not None
    assert second.last_response is not None
    assert first.last_response.body == second.last_response.body
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert second.last_response.headers["Original-Request"] == first.last_response.request_id


def test_a_replay_is_the_first_answer_even_when_the_object_has_changed(client: stripe.StripeClient) -> None:
    intent = client.v1.payment_intents.create({"amount": 5000, "currency": "usd"}, {"idempotency_key": "k"})
    client.v1.payment_intents.cancel(intent.id)
    again = client.v1.payment_intents.create({"amount": 5000, "currency": "usd"}, {"idempotency_key": "k"})
    assert (again.id, again.status) == (intent.id, "requires_payment_method")


def test_a_decline_is_replayed(charge: Charge, client: stripe.StripeClient) -> None:
    for _ in range(2):
        with pytest.raises(stripe.CardError) as caught:
            charge("insufficient_funds", key="k")
    assert is_replayed(caught.value)
    assert intents(client) == 1
    assert len(client.v1.charges.list().data) == 1


@pytest.mark.parametrize("kind", ["error_before", "error_after"])
def test_a_500_is_replayed(charge: Charge, client: stripe.StripeClient, sandbox: Sandbox, kind: str) -> None:
    sandbox.faults.add(Fault(kind=kind, path=PATH, method="POST"))  # type: ignore[arg-type] # one of the kinds
    for _ in range(2):
        with pytest.raises(stripe.APIError) as caught:
            charge(key="k")
        assert caught.value.http_status == 500
    assert is_replayed(caught.value)
    assert intents(client) == (1 if kind == "error_after" else 0)


def test_other_parameters_under_a_key_are_refused(charge: Charge, client: stripe.StripeClient) -> None:
    charge(key="k")
    with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
        charge(key="k", amount=999)
    assert caught.value.http_status == 400
    assert intents(client) == 1


def test_another_endpoint_under_a_key_is_refused(charge: Charge, client: stripe.StripeClient) -> None:
    charge(key="k")
    with pytest.raises(stripe.IdempotencyError, match="same endpoint"):
        client.v1.customers.create({"name": "Aster"}, {"idempotency_key": "k"})


def test_concurrent_use_of_a_key_is_a_conflict(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="delay", path=PATH, method="POST", milliseconds=3000))

    def attempt() -> str:
        own = stripe.RequestsClient(timeout=10)
        twin = stripe.StripeClient(
            sandbox.api_key, base_addresses={"api": sandbox.stripe_url}, http_client=own, max_network_retries=0
        )
        try:
            return twin.v1.payment_intents.create({"amount": 5000, "currency": "usd"}, {"idempotency_key": "k"}).id
        finally:
            own.close()  # type: ignore[no-untyped-call] # of the library

    with ThreadPoolExecutor() as pool:
        first = pool.submit(attempt)
        while sandbox.faults.planned():
            time.sleep(0.01)
        with pytest.raises(stripe.APIError, match="in-progress request") as caught:
            attempt()
        assert caught.value.http_status == 409
        assert first.result() == attempt()
    assert intents(client) == 1


def test_the_library_waits_out_a_conflict_by_itself(sandbox: Sandbox, http_client: stripe.HTTPClient) -> None:
    patient = stripe.StripeClient(
        sandbox.api_key,
        base_addresses={"api": sandbox.stripe_url},
        http_client=http_client,
        max_network_retries=1,
    )
    sandbox.faults.add(Fault(kind="conflict"))
    assert patient.v1.customers.create({"name": "Aster"}).name == "Aster"


def test_a_key_is_new_again_after_a_day(charge: Charge, sandbox: Sandbox) -> None:
    now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    sandbox.set_now(now)
    first = charge(key="k")
    sandbox.set_now(now + timedelta(hours=23, minutes=59))
    assert charge(key="k").id == first.id
    sandbox.set_now(now + timedelta(hours=24))
    assert charge(key="k").id != first.id


def test_a_request_that_fails_validation_leaves_its_key_free(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        client.raw_request("post", "/v1/customers", nonsense="1", headers={"Idempotency-Key": "k"})
    assert client.v1.customers.create({"name": "Aster"}, {"idempotency_key": "k"}).name == "Aster"


def test_a_refusal_by_the_endpoint_is_kept(client: stripe.StripeClient) -> None:
    for _ in range(2):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            client.v1.refunds.create({"charge": "ch_nothing"}, {"idempotency_key": "k"})
    assert is_replayed(caught.value)


@pytest.mark.parametrize("kind", ["rate_limit", "conflict"])
def test_what_never_reached_the_endpoint_is_not_kept(charge: Charge, sandbox: Sandbox, kind: str) -> None:
    sandbox.faults.add(Fault(kind=kind, path=PATH))  # type: ignore[arg-type] # one of the kinds
    with pytest.raises(stripe.StripeError) as caught:
        charge(key="k")
    assert caught.value.http_status in {409, 429}
    assert charge(key="k").status == "succeeded"


def test_a_key_has_a_length(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="255"):
        client.v1.customers.create({"name": "Aster"}, {"idempotency_key": "k" * 256})
