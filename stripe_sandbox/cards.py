"""Test cards by what the bank answers, with the codes that Stripe gives for each.

Codes and decline codes are Stripe's documented ones. Of the advice codes, only that of the generic decline is known
from recorded answers; the others follow the card networks' categories (never again, later, other data).
"""

from __future__ import annotations

from dataclasses import dataclass

OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """What a bank says when it says no.

    `advice_code` is Stripe's own advice on going on, not sent for every decline; `network_decline_code` is the card
    network's (ISO 8583) code.
    """

    code: str
    decline_code: str
    message: str
    advice_code: str | None = None
    network_decline_code: str | None = None
    param: str | None = None
    off_session_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A card by its behaviour, reachable by our name, by Stripe's test number and by Stripe's test token."""

    name: str
    number: str
    stripe_name: str
    label: str
    decline: Decline | None = None
    brand: str = "visa"

    @property
    def last4(self) -> str:
        """Return the digits that people recognise a card by."""
        return self.number[-4:]


_DECLINED = "Your card was declined."

CARDS: dict[str, Card] = {
    card.name: card
    for card in (
        Card(name=OK, number="4242424242424242", stripe_name="visa", label="Pays"),
        Card(
            name="insufficient_funds",
            number="4000000000009995",
            stripe_name="visa_chargeDeclinedInsufficientFunds",
            label="Insufficient funds",
            decline=Decline(
                code="card_declined",
                decline_code="insufficient_funds",
                message="Your card has insufficient funds.",
                advice_code="try_again_later",
                network_decline_code="51",
            ),
        ),
        Card(
            name="card_declined",
            number="4000000000000002",
            stripe_name="visa_chargeDeclined",
            label="Declined without a reason",
            decline=Decline(
                code="card_declined",
                decline_code="generic_decline",
                message=_DECLINED,
                advice_code="try_again_later",
                network_decline_code="01",
            ),
        ),
        Card(
            name="expired_card",
            number="4000000000000069",
            stripe_name="chargeDeclinedExpiredCard",
            label="Expired",
            decline=Decline(
                code="expired_card",
                decline_code="expired_card",
                message="Your card has expired.",
                advice_code="do_not_try_again",
                network_decline_code="54",
                param="exp_month",
            ),
        ),
        Card(
            name="lost_card",
            number="4000000000009987",
            stripe_name="visa_chargeDeclinedLostCard",
            label="Reported lost",
            decline=Decline(
                code="card_declined",
                decline_code="lost_card",
                message=_DECLINED,
                advice_code="do_not_try_again",
                network_decline_code="41",
            ),
        ),
        Card(
            name="stolen_card",
            number="4000000000009979",
            stripe_name="visa_chargeDeclinedStolenCard",
            label="Reported stolen",
            decline=Decline(
                code="card_declined",
                decline_code="stolen_card",
                message=_DECLINED,
                advice_code="do_not_try_again",
                network_decline_code="43",
            ),
        ),
        Card(
            name="processing_error",
            number="4000000000000119",
            stripe_name="chargeDeclinedProcessingError",
            label="Processing error",
            decline=Decline(
                code="processing_error",
                decline_code="processing_error",
                message="An error occurred while processing your card. Try again in a little bit.",
                advice_code="try_again_later",
            ),
        ),
        Card(
            name="authentication_required",
            number="4000002760003184",
            stripe_name="authenticationRequired",
            label="Asks for authentication",
            decline=Decline(
                code="authentication_required",
                decline_code="authentication_required",
                message="Your card was declined. This transaction requires authentication.",
                off_session_only=True,
            ),
        ),
    )
}
"""By our name, which is the one used in cards.csv."""

_BY_IDENTIFIER = {
    identifier: card
    for card in CARDS.values()
    for identifier in (
        f"pm_card_{card.name}",
        f"pm_card_{card.stripe_name}",
        f"tok_{card.name}",
        f"tok_{card.stripe_name}",
        card.number,
    )
}


def card_named(name: str) -> Card:
    """Return the card with one of our names; the caller is a person or a test, so the message lists them."""
    if name not in CARDS:
        raise ValueError(f"no test card is named {name!r}; there are {', '.join(CARDS)}")
    return CARDS[name]


def card_identified(identifier: str) -> Card | None:
    """Return the card of a test payment method, a test token or a test number."""
    return _BY_IDENTIFIER.get(identifier.replace(" ", ""))
