"""What the engine asks of a provider of payments, in words of our own; an adapter for each speaks the provider's.

A declined card is an answer and returned, and so is a refusal of the charge; an answer that did not come, or that says
nothing about the charge, is a NoAnswerError, after which the attempt is unknown until the same request is sent again
under the same key. Amounts are integers of the provider's smallest unit, ids are the provider's and opaque.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from orchestrator.engine.charging import Declined
from orchestrator.errors import BillingError, OutsideSystemError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from orchestrator.engine.charging import ChargeOrder, RefundOrder
    from orchestrator.engine.checkout import CheckoutOrder, EndedCheckout, OpenedCheckout
    from orchestrator.engine.webhooks import WebhookEvent


class NoAnswerError(OutsideSystemError):
    """The provider gave no usable answer."""


class NoEventError(BillingError):
    """This is not an event: it has no id, no type or no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """The money is ours."""

    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Canceled:
    """Not charged, and never will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """The bank has been asked and has not answered yet."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unconfirmed:
    """No bank is being asked."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refunded:
    """The money is on its way back."""

    refund_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The provider will not refund, with its reason."""

    reason: str


ChargeOutcome = Charged | Declined | Canceled | Pending | Unconfirmed


class CheckoutPages(Protocol):
    """Pages on which a customer pays one invoice."""

    def open_checkout(self, order: CheckoutOrder) -> OpenedCheckout:
        """Open a page; the same order again is the same page."""
        ...

    def end_checkout(self, order: CheckoutOrder) -> EndedCheckout:
        """End a page unless it was paid."""
        ...

    def look_up_checkout(self, order: CheckoutOrder) -> EndedCheckout:
        """What has become of a page."""
        ...


class CustomerPages(CheckoutPages, Protocol):
    """Pages that the provider hosts for a customer."""

    def portal_url(self, *, customer_id: str, return_url: str) -> str:
        """Return where the customer can change the card."""
        ...


class PaymentGateway(CheckoutPages, Protocol):
    """Charges, refunds, pages, and what the provider tells of them."""

    @property
    def name(self) -> str:
        """What people call the provider."""
        ...

    @property
    def keys_last(self) -> timedelta:
        """How long the same request under the same key is surely the same charge."""
        ...

    def create_customer(self, order: ChargeOrder) -> str:
        """Make a customer at the provider; its id, the same one again for the same account."""
        ...

    def create_intent(self, order: ChargeOrder) -> str | Declined:
        """Announce a charge of an invoice, without charging; its id, the same one again for the same key."""
        ...

    def confirm(self, order: ChargeOrder, intent_id: str) -> ChargeOutcome:
        """Charge the card for what was announced; the events of it name the attempt."""
        ...

    def look_up(self, intent_id: str) -> ChargeOutcome:
        """What has become of a charge."""
        ...

    def cancel(self, intent_id: str) -> ChargeOutcome:
        """Let nobody charge it any more, unless it has been."""
        ...

    def refund(self, order: RefundOrder, *, is_repeated: bool) -> Refunded | Refused:
        """Give money back; repeated, it may have gone back already."""
        ...

    def events_since(self, created_at: datetime | None) -> Iterator[WebhookEvent]:
        """Yield what happened since a moment, oldest first, translated."""
        ...
