"""Every answer against the `stripe` package: names of fields, their types, their enumerations, and the error codes."""

from __future__ import annotations

import sys
import types
import typing
from typing import TYPE_CHECKING, Any, Literal

import httpx
import pytest
import stripe
from stripe import billing_portal, checkout

from stripe_sandbox import refusal
from stripe_sandbox.resources import ENDPOINTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stripe_sandbox import Sandbox
    from tests.stripe_sandbox.conftest import Charge

CLASSES: dict[str, type] = {
    "billing_portal.session": billing_portal.Session,
    "charge": stripe.Charge,
    "checkout.session": checkout.Session,
    "customer": stripe.Customer,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "item": stripe.LineItem,
    "payment_intent": stripe.PaymentIntent,
    "payment_method": stripe.PaymentMethod,
    "refund": stripe.Refund,
    "webhook_endpoint": stripe.WebhookEndpoint,
}


def problems(value: object, annotation: Any, path: str) -> Iterator[str]:
    options = typing.get_args(annotation) if is_union(annotation) else (annotation,)
    if value is None:
        if type(None) not in options:
            yield f"{path} is null, the package has {annotation}"
        return
    shapes = [option for option in options if isinstance(option, type) and has_fields(option)]
    if isinstance(value, dict) and str(value.get("object")) in CLASSES:
        yield from problems_of_object(value, CLASSES[value["object"]], path)
    elif isinstance(value, dict) and shapes:
        yield from problems_of_object(value, shapes[0], path)
    elif isinstance(value, list):
        inner = next((option for option in options if typing.get_origin(option) is list), None)
        if inner is None:
            yield f"{path} is a list, the package has {annotation}"
            return
        for place, item in enumerate(value):
            yield from problems(item, typing.get_args(inner)[0], f"{path}[{place}]")
    elif not isinstance(value, dict):
        yield from problems_of_leaf(value, options, path)


def problems_of_object(value: dict[str, Any], shape: type, path: str) -> Iterator[str]:
    fields = {name: resolved(given, shape) for name, given in shape.__annotations__.items() if name != "OBJECT_NAME"}
    for name in value.keys() - fields.keys():
        yield f"{path}.{name} is not a field of {shape.__qualname__}"
    for name, annotation in fields.items():
        if name in value:
            yield from problems(value[name], annotation, f"{path}.{name}")
        elif not is_optional(annotation):
            yield f"{path}.{name} is missing"


def problems_of_leaf(value: object, options: tuple[Any, ...], path: str) -> Iterator[str]:
    literals = {text for option in options if typing.get_origin(option) is Literal for text in typing.get_args(option)}
    if literals and isinstance(value, str):
        if value not in literals:
            yield f"{path} is {value!r}, not one of {sorted(literals)}"
    elif not any(option is Any or (isinstance(option, type) and type(value) is option) for option in options):
        yield f"{path} is {value!r}, the package has {options}"


def is_union(annotation: Any) -> bool:
    return typing.get_origin(annotation) in {typing.Union, types.UnionType}


def is_optional(annotation: Any) -> bool:
    return is_union(annotation) and type(None) in typing.get_args(annotation)


def has_fields(option: type) -> bool:
    return issubclass(option, stripe.StripeObject) and bool(option.__annotations__)


def resolved(annotation: Any, shape: type) -> Any:
    """References to other resources are text; those that matter here are plain ids then."""
    if isinstance(annotation, str | typing.ForwardRef):
        name = annotation if isinstance(annotation, str) else annotation.__forward_arg__
        return getattr(sys.modules[shape.__module__], name, getattr(stripe, name, Any))
    if is_union(annotation):
        return typing.Union[tuple(resolved(option, shape) for option in typing.get_args(annotation))]  # noqa: UP007 - of a tuple
    if typing.get_origin(annotation) is list:
        return list[resolved(typing.get_args(annotation)[0], shape)]  # type: ignore[misc] # made at run time
    return annotation


@pytest.fixture
def everything(sandbox: Sandbox, client: stripe.StripeClient, charge: Charge) -> Sandbox:
    """An account in which everything has happened once."""
    customer = sandbox.add_customer(name="Aster GmbH", email="billing@aster.example")
    paid = charge()
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 100, "reason": "requested_by_customer"})
    for card in ("insufficient_funds", "expired_card", "authentication_required", "processing_error", "lost_card"):
        with pytest.raises(stripe.CardError):
            charge(card)
    waiting: stripe.PaymentIntent = client.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "payment_method": "pm_card_authentication_required",
            "confirm": True,
            "return_url": "https://example.com",
        }
    )
    assert waiting.status == "requires_action"
    client.v1.payment_intents.cancel(waiting.id, {"cancellation_reason": "requested_by_customer"})
    dispute = sandbox.open_dispute(str(charge().latest_charge))
    sandbox.close_dispute(dispute["id"], "lost")
    session = client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer.customer_id,
            "success_url": "https://example.com",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {"currency": "eur", "unit_amount": 100, "product_data": {"name": "INV-1"}},
                }
            ],
        }
    )
    client.v1.checkout.sessions.expire(session.id)
    client.v1.billing_portal.sessions.create({"customer": customer.customer_id})
    client.v1.billing_portal.sessions.create(
        {"customer": customer.customer_id, "flow_data": {"type": "payment_method_update"}}
    )
    sandbox.replace_card(customer.customer_id, "ok")
    client.v1.webhook_endpoints.create({"url": "http://127.0.0.1:9/hook", "enabled_events": ["charge.refunded"]})
    return sandbox


def test_every_kind_of_object_is_as_the_package_types_it(everything: Sandbox) -> None:
    account = everything.account
    kinds = CLASSES.keys() - {"item"}
    objects = [thing for kind in kinds for thing in account.all(kind)]
    assert {thing["object"] for thing in objects} == kinds
    assert [problem for thing in objects for problem in problems(thing, Any, thing["object"])] == []


def test_every_event_carries_an_object_of_its_kind(everything: Sandbox) -> None:
    events = list(everything.account.all("event"))
    assert {event["type"] for event in events} >= {
        "charge.dispute.closed",
        "charge.dispute.created",
        "charge.refunded",
        "checkout.session.expired",
        "customer.updated",
        "payment_intent.canceled",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "payment_intent.succeeded",
        "payment_method.attached",
    }
    for event in events:
        carried = event["data"]["object"]
        assert event["type"].startswith((carried["object"], f"charge.{carried['object']}")), event["type"]
        assert list(problems(carried, Any, event["type"])) == []


def test_the_check_itself_notices_what_is_wrong(everything: Sandbox) -> None:
    intent = next(everything.account.all("payment_intent"))
    assert list(problems(intent | {"state": "paid"}, Any, "pi")) == ["pi.state is not a field of PaymentIntent"]
    assert "not one of" in next(problems(intent | {"status": "paid"}, Any, "pi"))
    assert "the package has" in next(problems(intent | {"amount": "12"}, Any, "pi"))
    assert "is missing" in next(problems({key: intent[key] for key in intent if key != "amount"}, Any, "pi"))


def test_every_error_code_is_one_of_the_package() -> None:
    annotation = stripe.PaymentIntent.LastPaymentError.__annotations__["code"]
    documented = {
        code
        for option in typing.get_args(annotation)
        if typing.get_origin(option) is Literal
        for code in typing.get_args(option)
    }
    assert documented >= refusal.DOCUMENTED


@pytest.mark.parametrize("card", ["insufficient_funds", "expired_card", "authentication_required"])
def test_the_fields_of_a_declines_error_are_those_of_the_package(charge: Charge, card: str) -> None:
    with pytest.raises(stripe.CardError) as caught:
        charge(card)
    body = caught.value.json_body
    assert isinstance(body, dict)
    assert body["error"].keys() <= stripe.ErrorObject.__annotations__.keys()


def test_a_parameter_that_an_endpoint_supports_is_one_that_the_package_has() -> None:
    for endpoint in ENDPOINTS:
        assert endpoint.known - {"expand"} <= endpoint.shape.__annotations__.keys(), endpoint.path


@pytest.mark.parametrize(
    ("call", "message", "code"),
    [
        (lambda v1: v1.customers.create({"nonsense": "1"}), "unknown parameter: nonsense", "parameter_unknown"),
        (
            lambda v1: v1.customers.create({"address": {"planet": "Mars"}}),
            r"unknown parameter: address\[planet\]",
            "parameter_unknown",
        ),
        (lambda v1: v1.payment_intents.create({"currency": "usd"}), "required param: amount", "parameter_missing"),
        (
            lambda v1: v1.payment_intents.create({"currency": "usd", "amount": "12.50"}),
            "Invalid integer: 12.50",
            "parameter_invalid_integer",
        ),
        (
            lambda v1: v1.payment_intents.create({"currency": "usd", "amount": 500, "confirm": "perhaps"}),
            "Invalid boolean",
            None,
        ),
        (
            lambda v1: v1.refunds.create({"charge": "ch_1", "reason": "because"}),
            "must be one of duplicate, fraudulent, or requested_by_customer",
            None,
        ),
        (
            lambda v1: v1.payment_intents.create({"currency": "usd", "amount": 500, "transfer_group": "x"}),
            "sandbox does not support the parameter 'transfer_group'",
            None,
        ),
        (
            lambda v1: v1.payment_intents.create({"currency": "", "amount": ""}),
            "empty string",
            "parameter_invalid_empty",
        ),
    ],
)
def test_what_stripe_would_refuse_is_refused(
    client: stripe.StripeClient, call: Callable[[Any], object], message: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=message) as caught:
        call(client.v1)
    assert caught.value.code == code


@pytest.mark.parametrize("body", ["amount=1&amount[x]=2", "amount[x]=1&amount=2", "&".join(["a=1"] * 1001), "%ff=1"])
def test_a_garbled_body_is_refused_with_a_sentence(sandbox: Sandbox, body: str) -> None:
    headers = {"Authorization": f"Bearer {sandbox.api_key}"}
    answer = httpx.post(f"{sandbox.stripe_url}/v1/payment_intents", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")


def test_an_unknown_address_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
        client.raw_request("get", "/v1/subscriptions")
