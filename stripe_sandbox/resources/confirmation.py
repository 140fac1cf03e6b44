"""Confirming a PaymentIntent: the moment at which the bank is asked.

A decline is an error to the caller, and leaves the intent behind: without its payment method, with the reason, ready to
be confirmed again with another card.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from stripe_sandbox.cards import Decline
from stripe_sandbox.refusal import Refusal
from stripe_sandbox.resources import charges, payment_methods

if TYPE_CHECKING:
    from stripe_sandbox.account import Account
    from stripe_sandbox.refusal import JsonObject


def confirm(account: Account, intent: JsonObject, params: JsonObject, *, authenticated: bool = False) -> JsonObject:
    """Ask the bank; `authenticated` says that the cardholder has just proved to be one."""
    if intent["payment_method"] is None:
        raise Refusal(
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the "
            "PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a "
            "payment method.",
            code="payment_intent_unexpected_state",
            payment_intent=copy.deepcopy(intent),
        )
    is_off_session = bool(params.get("off_session"))
    _refuse_without_return_url(intent, params, is_off_session=is_off_session or authenticated)
    payment_method = account.find("payment_method", intent["payment_method"])
    decline = account.card_of(payment_method["id"]).decline
    if decline is not None and decline.off_session_only and not is_off_session:
        if not authenticated:
            return _ask_to_authenticate(account, intent, params)
        decline = None
    charge = charges.create(account, intent, payment_method, decline)
    intent |= {"latest_charge": charge["id"], "next_action": None}
    if decline is not None:
        raise _declined(account, intent, payment_method, decline)
    return _succeeded(account, intent)


def _refuse_without_return_url(intent: JsonObject, params: JsonObject, *, is_off_session: bool) -> None:
    """Refuse as Stripe does where a payment method might redirect the customer and there is nowhere to return to."""
    automatic = intent["automatic_payment_methods"]
    may_redirect = automatic["enabled"] and automatic["allow_redirects"] == "always"
    if may_redirect and not is_off_session and "return_url" not in params and not params.get("use_stripe_sdk"):
        raise Refusal(
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of "
            "these payment methods might redirect your customer off of your page, you must provide a `return_url`.",
            param="return_url",
            payment_intent=copy.deepcopy(intent),
        )


def _ask_to_authenticate(account: Account, intent: JsonObject, params: JsonObject) -> JsonObject:
    if params.get("error_on_requires_action"):
        payment_method = account.find("payment_method", intent["payment_method"])
        decline = account.card_of(payment_method["id"]).decline
        assert decline is not None  # noqa: S101 - only such cards come here
        raise _declined(account, intent, payment_method, decline)
    intent["status"] = "requires_action"
    url = f"{account.base_url}/a/{intent['id']}"
    intent["next_action"] = (
        {"type": "redirect_to_url", "redirect_to_url": {"return_url": params["return_url"], "url": url}}
        if "return_url" in params
        else {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}
    )
    account.emit("payment_intent.requires_action", intent)
    return intent


def _declined(account: Account, intent: JsonObject, payment_method: JsonObject, decline: Decline) -> Refusal:
    reasons = {
        "advice_code": decline.advice_code,
        "charge": intent["latest_charge"],
        "code": decline.code,
        "decline_code": decline.decline_code,
        "network_decline_code": decline.network_decline_code,
        "param": decline.param,
        "payment_method": copy.deepcopy(payment_method),
    }
    refusal = Refusal(decline.message, status=402, kind="card_error", **reasons)
    intent |= {
        "last_payment_error": refusal.body()["error"],
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    account.emit("payment_intent.payment_failed", intent)
    refusal.fields["payment_intent"] = copy.deepcopy(intent)
    return refusal


def _succeeded(account: Account, intent: JsonObject) -> JsonObject:
    intent |= {"amount_received": intent["amount"], "last_payment_error": None, "status": "succeeded"}
    account.emit("payment_intent.succeeded", intent)
    if intent["setup_future_usage"] and intent["customer"]:
        payment_methods.attach(account, intent["payment_method"], intent["customer"])
    return intent


def decline_authentication(account: Account, intent: JsonObject) -> Refusal:
    """Take the cardholder's no: the intent waits for another payment method, and the refusal says so."""
    payment_method = account.find("payment_method", intent["payment_method"])
    decline = Decline(
        code="payment_intent_authentication_failure",
        decline_code="authentication_required",
        message="We are unable to authenticate your payment method. Please choose a different payment method and try "
        "again.",
    )
    return _declined(account, intent, payment_method, decline)
