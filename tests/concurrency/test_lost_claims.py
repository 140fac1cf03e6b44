"""A worker that was thought dead comes back: its claim has expired, another has done its work, it can do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator.delivery.works import Emails
from orchestrator.gateway.stripe.gateway import StripeGateway
from orchestrator.mail.mailer import SmtpMailer
from tests.concurrency.test_lost_answers import works_through
from tests.month import AS_OF, PlainRenderer, deliver, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from email.message import EmailMessage

    from orchestrator.engine.charging import ChargeOrder, Declined, RefundOrder
    from orchestrator.gateway.port import ChargeOutcome, Refunded, Refused
    from orchestrator.mail.mailer import SendResult
    from tests.month import Month


def overtaken(month: Month) -> Callable[[], None]:
    """The first time it is called, all claims expire, and another delivery does everything."""
    times = iter([True])

    def overtake() -> None:
        if next(times, False):
            with psycopg.connect(str(month.settings.database_url), autocommit=True) as connection:
                connection.execute(
                    "update billing.work_items set claim_expires_at = now() - interval '1 hour' "
                    "where claimed_by is not null"
                )
            assert not deliver(month.settings).failed

    return overtake


@pytest.mark.parametrize("is_before", [True, False])
def test_of_two_renderings_one_is_stored(month: Month, undisturbed: dict[str, object], *, is_before: bool) -> None:
    overtake = overtaken(month)

    class Slow(PlainRenderer):
        def render(self, document: Mapping[str, object]) -> bytes:
            if is_before:
                overtake()
            pdf = super().render(document)
            if not is_before:
                overtake()
            return pdf

    number(month.settings)
    kinds = works_through(StripeGateway(month.settings), month.settings, Slow())
    delivery = deliver(month.settings, kinds=kinds)
    assert (delivery.failed, delivery.done) == ({}, {})
    assert month.outcome() == undisturbed


class Overtaken(StripeGateway):
    """A gateway in whose calls the world goes on."""

    def __init__(self, month: Month, call: str, *, is_before: bool) -> None:
        super().__init__(month.settings)
        self._overtake = overtaken(month)
        self._call = call
        self._is_before = is_before

    def _pass(self, call: str, *, is_before: bool) -> None:
        if (call, is_before) == (self._call, self._is_before):
            self._overtake()

    def create_customer(self, order: ChargeOrder) -> str:
        self._pass("create_customer", is_before=True)
        created = super().create_customer(order)
        self._pass("create_customer", is_before=False)
        return created

    def create_intent(self, order: ChargeOrder) -> str | Declined:
        self._pass("create_intent", is_before=True)
        created = super().create_intent(order)
        self._pass("create_intent", is_before=False)
        return created

    def confirm(self, order: ChargeOrder, intent_id: str) -> ChargeOutcome:
        self._pass("confirm", is_before=True)
        outcome = super().confirm(order, intent_id)
        self._pass("confirm", is_before=False)
        return outcome

    def refund(self, order: RefundOrder, *, is_repeated: bool) -> Refunded | Refused:
        self._pass("refund", is_before=True)
        outcome = super().refund(order, is_repeated=is_repeated)
        self._pass("refund", is_before=False)
        return outcome


@pytest.mark.parametrize("is_before", [True, False])
@pytest.mark.parametrize("call", ["create_customer", "create_intent", "confirm", "refund"])
def test_of_two_who_charge_or_refund_one_does(
    month: Month, undisturbed: dict[str, object], call: str, *, is_before: bool
) -> None:
    number(month.settings)
    delivery = deliver(month.settings, kinds=works_through(Overtaken(month, call, is_before=is_before), month.settings))
    assert [error.exit_code for error in delivery.failed.values()] in ([], [3])
    deliver(month.settings)
    assert month.outcome() == undisturbed


def test_a_mail_sent_twice_is_one_message(month: Month, undisturbed: dict[str, object]) -> None:
    overtake = overtaken(month)

    class Slow(SmtpMailer):
        def send(self, message: EmailMessage) -> SendResult:
            overtake()
            return super().send(message)

    number(month.settings)
    *others, _ = works_through(StripeGateway(month.settings), month.settings)
    mailer = Slow(str(month.settings.smtp_url))
    emails = Emails(mailer, as_of=AS_OF, public_url=month.settings.public_url, has_gateway=True)
    delivery = deliver(month.settings, kinds=[*others, emails])
    assert delivery.failed == {}
    twice = [message for message, times in month.mails().items() if times > 1]
    assert len(twice) == 1
    assert month.outcome() | {"mails": None} == undisturbed | {"mails": None}
