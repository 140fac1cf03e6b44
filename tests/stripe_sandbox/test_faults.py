from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import stripe

from stripe_sandbox import Fault, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stripe_sandbox.conftest import Charge

PATH = "/v1/payment_intents"


@pytest.fixture
def http_client() -> Iterator[stripe.HTTPClient]:
    """A caller that gives up soon."""
    client = stripe.RequestsClient(timeout=1)
    yield client
    client.close()  # type: ignore[no-untyped-call] # of the library


def statuses(client: stripe.StripeClient) -> list[str]:
    return [intent.status for intent in client.v1.payment_intents.list().data]


@pytest.mark.parametrize("kind", ["timeout_before", "reset_before"])
def test_a_call_lost_on_the_way_did_nothing(
    sandbox: Sandbox, client: stripe.StripeClient, charge: Charge, kind: str
) -> None:
    sandbox.faults.add(Fault(kind=kind, path=PATH))  # type: ignore[arg-type] # one of the kinds
    with pytest.raises(stripe.APIConnectionError):
        charge(key="k")
    assert statuses(client) == []
    assert charge(key="k").status == "succeeded"


@pytest.mark.parametrize("kind", ["timeout_after", "reset_after"])
def test_a_lost_answer_hides_that_the_work_was_done(
    sandbox: Sandbox, client: stripe.StripeClient, charge: Charge, kind: str
) -> None:
    sandbox.faults.add(Fault(kind=kind, path=PATH))  # type: ignore[arg-type] # one of the kinds
    with pytest.raises(stripe.APIConnectionError):
        charge(key="k")
    assert statuses(client) == ["succeeded"]
    again = charge(key="k")
    assert again.last_response is not None
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(statuses(client)) == 1


def test_the_answer_to_a_repeat_can_be_lost_too(sandbox: Sandbox, client: stripe.StripeClient, charge: Charge) -> None:
    sandbox.faults.add(Fault(kind="timeout_after", path=PATH, times=2))
    for _ in range(2):
        with pytest.raises(stripe.APIConnectionError):
            charge(key="k")
    assert charge(key="k").status == "succeeded"
    assert len(statuses(client)) == 1


def test_a_lost_decline_is_a_decline_when_asked_again(sandbox: Sandbox, charge: Charge) -> None:
    sandbox.faults.add(Fault(kind="timeout_after", path=PATH))
    with pytest.raises(stripe.APIConnectionError):
        charge("expired_card", key="k")
    with pytest.raises(stripe.CardError):
        charge("expired_card", key="k")


def test_rate_limits_have_their_own_error(sandbox: Sandbox, charge: Charge) -> None:
    sandbox.faults.add(Fault(kind="rate_limit"))
    with pytest.raises(stripe.RateLimitError):
        charge()


def test_a_fault_strikes_as_often_as_planned_and_only_its_path(
    sandbox: Sandbox, client: stripe.StripeClient, charge: Charge
) -> None:
    sandbox.faults.add(Fault(kind="error_before", path="/v1/payment_*", method="POST", times=2))
    assert client.v1.customers.list().data == []
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            charge()
    assert charge().status == "succeeded"
    assert sandbox.faults.planned() == ()


def test_a_fault_for_good_lasts_until_it_is_cleared(sandbox: Sandbox, charge: Charge) -> None:
    sandbox.faults.add(Fault(kind="error_before", times=None))
    for _ in range(3):
        with pytest.raises(stripe.APIError):
            charge()
    sandbox.faults.clear()
    assert charge().status == "succeeded"


def test_every_call_can_be_slow(sandbox: Sandbox, charge: Charge) -> None:
    sandbox.delay(120)
    for _ in range(2):
        begun = time.monotonic()
        charge()
        assert time.monotonic() - begun >= 0.12


def test_down_means_that_connections_are_refused_and_up_that_all_is_remembered(
    sandbox: Sandbox, client: stripe.StripeClient, charge: Charge
) -> None:
    paid = charge()
    with sandbox.without_stripe(), pytest.raises(stripe.APIConnectionError):
        charge()
    assert client.v1.payment_intents.retrieve(paid.id).status == "succeeded"


def test_a_sandbox_stops_while_a_caller_still_waits(charge: Charge, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault(kind="timeout_before", times=None))
    with pytest.raises(stripe.APIConnectionError):
        charge()
    begun = time.monotonic()
    with Sandbox.start():
        pass
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "wrong", [{"kind": "earthquake"}, {"kind": "delay", "times": 0}, {"kind": "delay", "milliseconds": -1}]
)
def test_a_fault_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="fault"):
        Fault(**wrong)  # type: ignore[arg-type] # on purpose
