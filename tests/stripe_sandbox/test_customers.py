from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stripe

if TYPE_CHECKING:
    from stripe_sandbox import Sandbox


def test_a_customer_keeps_what_was_said_of_it(client: stripe.StripeClient) -> None:
    made = client.v1.customers.create(
        {"name": "Aster GmbH", "email": "a@aster.example", "metadata": {"account_number": "1001"}}
    )
    changed = client.v1.customers.update(made.id, {"address": {"city": "Köln"}, "metadata": {"segment": "smb"}})
    read = client.v1.customers.retrieve(made.id)
    assert read == changed
    assert read.address is not None
    assert (read.address.city, read.address.line1) == ("Köln", None)
    assert read.metadata is not None
    assert read.metadata.to_dict() == {"account_number": "1001", "segment": "smb"}


def test_customers_are_found_by_email(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    wanted = sandbox.add_customer(name="Aster", email="a@aster.example")
    sandbox.add_customer(name="Birch", email="b@birch.example")
    assert [found.id for found in client.v1.customers.list({"email": "a@aster.example"}).data] == [wanted.customer_id]


@pytest.mark.parametrize("name", ["pm_card_visa", "pm_card_ok"])
def test_attaching_a_test_card_makes_a_payment_method(client: stripe.StripeClient, name: str) -> None:
    customer = client.v1.customers.create({"name": "Aster"})
    attached = client.v1.payment_methods.attach(name, {"customer": customer.id})
    assert attached.id != name
    assert attached.customer == customer.id
    assert attached.card is not None
    assert attached.card.last4 == "4242"
    assert [method.id for method in client.v1.customers.payment_methods.list(customer.id).data] == [attached.id]


def test_a_payment_method_is_made_of_a_token_or_a_test_number(client: stripe.StripeClient) -> None:
    for made in (
        client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}}),
        client.v1.payment_methods.create(
            {"type": "card", "card": {"number": "4242424242424242", "exp_month": 4, "exp_year": 2031}}
        ),
    ):
        assert made.card is not None
        assert made.card.last4 == "4242"


def test_a_card_of_the_real_world_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_methods.create({"type": "card", "card": {"number": "4111111111111111"}})
    assert caught.value.code == "incorrect_number"


def test_a_payment_method_belongs_to_one_customer(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    one = sandbox.add_customer(name="One", email="one@example.com")
    two = sandbox.add_customer(name="Two", email="two@example.com")
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        client.v1.payment_methods.attach(one.payment_method_id, {"customer": two.customer_id})
    with pytest.raises(stripe.InvalidRequestError, match="must be attached"):
        client.v1.customers.update(
            two.customer_id, {"invoice_settings": {"default_payment_method": one.payment_method_id}}
        )


def test_a_detached_card_is_charged_by_default_no_more(client: stripe.StripeClient, sandbox: Sandbox) -> None:
    customer = sandbox.add_customer(name="One", email="one@example.com")
    client.v1.payment_methods.detach(customer.payment_method_id)
    settings = client.v1.customers.retrieve(customer.customer_id).invoice_settings
    assert settings is not None
    assert settings.default_payment_method is None


def test_a_payment_method_is_kept_for_later_on_demand(client: stripe.StripeClient) -> None:
    customer = client.v1.customers.create({"name": "Aster"})
    client.v1.payment_intents.create(
        {
            "amount": 5000,
            "currency": "usd",
            "customer": customer.id,
            "payment_method": "pm_card_ok",
            "setup_future_usage": "off_session",
            "confirm": True,
            "return_url": "https://example.com",
        }
    )
    assert len(client.v1.customers.payment_methods.list(customer.id).data) == 1
