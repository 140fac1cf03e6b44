"""What a contract is changed to by command, and what that bills."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A plan and quantity that a subscription has from a day until before another; without a code a row of its own."""

    account_number: str
    subscription: str | None
    plan_code: str
    quantity: Decimal
    starts_on: date
    ends_on: date | None
    is_trial: bool

    @property
    def name(self) -> str:
        """What commands call its subscription."""
        return self.subscription or f"{self.plan_code}@{self.starts_on}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedCharge:
    """A charge that owes another amount by a change, the invoice it corrects, its credit notes, and its run.

    What is made anew has other keys each time: they say nothing of what is billed.
    """

    account_number: str
    currency: str
    invoice_number: str | None
    service_key: str = field(compare=False)
    charge_key: str = field(compare=False)
    period_start: date
    service_period: str
    description: str
    quantity_before: Decimal | None
    quantity_after: Decimal | None
    due_on: date
    billed_in: date | None
    owed_before: Decimal
    owed_after: Decimal
    difference: Decimal
    credit_notes: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedCharge:
    """The code of a one-off charge, and whether it was there before."""

    charge_code: str
    is_repeat: bool
    amount: Decimal
    currency: str


class Changes(Session):
    """The commands that change what one customer was sold; each in a transaction that asks for changed_charges."""

    def service_period_end(self, *, account_number: str, subscription: str, on: date) -> date:
        """Return the first day after the service period that contains a day."""
        return self._value("service_period_end", date, account_number=account_number, subscription=subscription, on=on)

    def change_subscription(  # noqa: PLR0913 - what can be said of a change
        self,
        *,
        account_number: str,
        subscription: str,
        on: date,
        plan_code: str | None,
        quantity: Decimal | None,
        as_of: date,
    ) -> list[Phase]:
        """Give a subscription another plan or quantity from a day on; return its phases from there on."""
        return self._rows(
            "change_subscription",
            Phase,
            account_number=account_number,
            subscription=subscription,
            on=on,
            plan_code=plan_code,
            quantity=quantity,
            as_of=as_of,
        )

    def pause_subscription(self, *, account_number: str, subscription: str, on: date, as_of: date) -> list[Phase]:
        """Let a subscription have no phase from a day on, until a later one; return its phases from there on."""
        return self._rows(
            "pause_subscription", Phase, account_number=account_number, subscription=subscription, on=on, as_of=as_of
        )

    def resume_subscription(self, *, account_number: str, subscription: str, on: date, as_of: date) -> list[Phase]:
        """Give a subscription again what it had last; return its phases from there on."""
        return self._rows(
            "resume_subscription", Phase, account_number=account_number, subscription=subscription, on=on, as_of=as_of
        )

    def cancel_subscription(self, *, account_number: str, subscription: str, on: date, as_of: date) -> list[Phase]:
        """End a subscription for good; return its phases from there on."""
        return self._rows(
            "cancel_subscription", Phase, account_number=account_number, subscription=subscription, on=on, as_of=as_of
        )

    def add_charge(  # noqa: PLR0913 - what can be said of a charge
        self,
        *,
        account_number: str,
        charge_code: str | None,
        description: str,
        amount: Decimal,
        due_on: date,
        as_of: date,
    ) -> AddedCharge:
        """Add a one-off charge."""
        return self._row(
            "add_charge",
            AddedCharge,
            account_number=account_number,
            charge_code=charge_code,
            description=description,
            amount=amount,
            due_on=due_on,
            as_of=as_of,
        )

    def changed_charges(self) -> list[ChangedCharge]:
        """Return what owes another amount by the change of this transaction, and who bills it when."""
        return self._rows("changed_charges", ChangedCharge)
