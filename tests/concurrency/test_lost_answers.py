"""Stripe does what it is asked and does not say so, or says that it cannot: nothing happens twice, nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from orchestrator.delivery.charge import Charges
from orchestrator.delivery.works import Documents, Emails, Refunds
from orchestrator.engine.database import Database
from orchestrator.gateway.events import receive_events
from orchestrator.gateway.stripe.gateway import StripeGateway
from orchestrator.mail.mailer import mailer_for
from stripe_sandbox import Fault
from tests.month import AS_OF, PlainRenderer

if TYPE_CHECKING:
    from orchestrator.config import Settings
    from orchestrator.delivery.workers import Work
    from orchestrator.documents.renderer import PdfRenderer
    from orchestrator.gateway.port import PaymentGateway
    from stripe_sandbox.faults import FaultKind
    from tests.month import Month

AN_INTENT = f"/v1/payment_intents/pi_{'?' * 24}"
CALLS = {
    "create customer": ("POST", "/v1/customers"),
    "create intent": ("POST", "/v1/payment_intents"),
    "update intent": ("POST", AN_INTENT),
    "confirm": ("POST", f"{AN_INTENT}/confirm"),
    "refund": ("POST", "/v1/refunds"),
}

KINDS: tuple[FaultKind, ...] = (
    "timeout_after",
    "reset_after",
    "error_before",
    "error_after",
    "conflict",
    "rate_limit",
)


def works_through(gateway: PaymentGateway, settings: Settings, renderer: PdfRenderer | None = None) -> list[Work]:
    """What a delivery does, with a gateway of the test's."""
    return [
        Documents(renderer or PlainRenderer(), as_of=AS_OF, public_url=settings.public_url, has_gateway=True),
        Charges(gateway, as_of=AS_OF),
        Refunds(gateway, as_of=AS_OF),
        Emails(mailer_for(settings), as_of=AS_OF, public_url=settings.public_url, has_gateway=True),
    ]


def impatient(month: Month) -> list[Work]:
    """A gateway that gives up soon."""
    return works_through(StripeGateway(month.settings, timeout=0.3), month.settings)


def outcome_of(month: Month) -> dict[str, object]:
    """What became of the month, but for the thanks that follow an invoice mailed before the answer came."""
    found = month.outcome()
    for name in ("mails", "emails"):
        written = found[name]
        assert isinstance(written, list)
        found[name] = [each for each in written if "payment-received" not in str(each)]
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_is_lost(month: Month, kind: FaultKind, call: str, undisturbed: dict[str, object]) -> None:
    method, path = CALLS[call]
    month.sandbox.faults.add(Fault(kind=kind, method=method, path=path))
    assert month.bill(kinds=impatient(month)).exit_code() == 3
    assert month.sandbox.faults.planned() == ()
    assert month.bill(kinds=impatient(month)).exit_code() == 0
    outcome = outcome_of(month)
    if kind == "error_after" and call == "create customer":
        outcome["customers"] = undisturbed["customers"]  # one more, whom nobody knows
    assert outcome == undisturbed


@pytest.mark.parametrize("kind", ["timeout_before", "error_after", "rate_limit"])
def test_a_look_up_that_is_not_answered(month: Month, kind: FaultKind, undisturbed: dict[str, object]) -> None:
    month.sandbox.faults.add(Fault(kind="reset_after", path=CALLS["confirm"][1]))
    month.sandbox.faults.add(Fault(kind=kind, method="GET", path=AN_INTENT))
    assert [month.bill(kinds=impatient(month)).exit_code() for _ in range(3)] == [3, 3, 0]
    assert outcome_of(month) == undisturbed


@pytest.mark.parametrize("kind", ["timeout_after", "error_after"])
def test_a_decline_that_is_lost(month: Month, kind: FaultKind, undisturbed: dict[str, object]) -> None:
    month.sandbox.faults.add(Fault(kind="rate_limit", path=CALLS["confirm"][1]))
    month.sandbox.faults.add(Fault(kind=kind, path=CALLS["confirm"][1]))
    assert [month.bill(kinds=impatient(month)).exit_code() for _ in range(2)] == [3, 0]
    assert outcome_of(month) == undisturbed


def test_a_decline_that_is_lost_is_learned_from_its_event(month: Month, undisturbed: dict[str, object]) -> None:
    month.sandbox.faults.add(Fault(kind="rate_limit", path=CALLS["confirm"][1]))
    month.sandbox.faults.add(Fault(kind="timeout_after", path=CALLS["confirm"][1]))
    month.bill(kinds=impatient(month))
    with psycopg.connect(str(month.settings.database_url), autocommit=True) as connection:
        receive_events(Database(connection), StripeGateway(month.settings), as_of=AS_OF)
    month.bill()
    assert outcome_of(month) == undisturbed


def test_a_refund_whose_key_stripe_has_forgotten_is_not_made_twice(
    month: Month, undisturbed: dict[str, object]
) -> None:
    month.sandbox.faults.add(Fault(kind="timeout_after", path="/v1/refunds"))
    month.bill(kinds=impatient(month))
    month.sandbox.set_now(datetime.now(UTC) + timedelta(hours=25))
    month.bill()
    assert outcome_of(month) == undisturbed
