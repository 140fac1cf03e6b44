"""What customers agreed to, in a test: subscriptions with their phases, discounts, commitments, charges.

Part of `given` (tests/given.py): each method has defaults, so that a test shows only its rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.given_prices import GivenPrices

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tests.given_prices import Amount


class GivenContracts(GivenPrices):
    """Writes the rows of what customers were sold."""

    def subscription(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        customer: int,
        plan: int,
        *,
        quantity: Amount = 1,
        starts: str = "2025-01-01",
        ends: str | None = None,
        code: str | None = None,
        anchor: str | date | None = None,
        prices_as_of: str | date | None = None,
        is_trial: bool = False,
    ) -> int:
        """Return the key of a new subscription with its first phase; `ends` is the first day not billed."""
        subscription = self._key(
            """
            insert into billing.subscriptions (
                customer_id, subscription, plan_id, starts_on, currency, metric_id, interval_months, billed_in,
                anchor_on, prices_as_of
            )
            select
                customers.customer_id, %(code)s, case when %(code)s::text is null then plans.plan_id end,
                case when %(code)s::text is null then %(starts)s::date end, customers.currency, plans.metric_id,
                plans.interval_months, plans.billed_in, %(anchor)s, %(prices_as_of)s
            from billing.customers cross join billing.pricing_plans as plans
            where customers.customer_id = %(customer)s and plans.plan_id = %(plan)s
            returning subscription_id
            """,
            customer=customer,
            plan=plan,
            code=code,
            starts=starts,
            anchor=anchor,
            prices_as_of=prices_as_of,
        )
        self.phase(subscription, plan, quantity=quantity, starts=starts, ends=ends, is_trial=is_trial)
        return subscription

    def phase(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        subscription: int,
        plan: int,
        *,
        quantity: Amount = 1,
        starts: str,
        ends: str | None = None,
        is_trial: bool = False,
    ) -> None:
        """One more phase of a subscription."""
        self.connection.execute(
            """
            insert into billing.subscription_phases (
                subscription_id, starts_on, ends_on, customer_id, plan_id, metric_id, interval_months, billed_in,
                quantity, is_trial
            )
            select
                subscription_id, %(starts)s, %(ends)s, customer_id, %(plan)s, metric_id, interval_months, billed_in,
                %(quantity)s, %(is_trial)s
            from billing.subscriptions where subscription_id = %(subscription)s
            """,
            {
                "subscription": subscription,
                "plan": plan,
                "quantity": quantity,
                "starts": starts,
                "ends": ends,
                "is_trial": is_trial,
            },
        )

    def discount(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        customer: int,
        code: str | None = None,
        *,
        percent: Amount | None = None,
        amount: Amount | None = None,
        starts: str = "2025-01-01",
        ends: str | None = None,
        plans: Sequence[str] = (),
    ) -> int:
        """Return the key of a new discount."""
        code = code or f"D-{next(self._numbers):04}"
        return self._key(
            """
            insert into billing.discounts (
                customer_id, discount_code, name, percent, amount, currency, minor_units, starts_on, ends_on,
                plan_codes
            )
            select
                customer_id, %(code)s, 'Discount ' || %(code)s, %(percent)s, %(amount)s, currency, exponent,
                %(starts)s, %(ends)s, %(plans)s
            from billing.customers inner join billing.currencies using (currency) where customer_id = %(customer)s
            returning discount_id
            """,
            customer=customer,
            code=code,
            percent=percent,
            amount=amount,
            starts=starts,
            ends=ends,
            plans=list(plans),
        )

    def commitment(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        customer: int,
        code: str | None = None,
        *,
        minimum: Amount | None = None,
        maximum: Amount | None = None,
        interval_months: int = 1,
        starts: str = "2025-01-01",
        ends: str | None = None,
        plans: Sequence[str] = (),
    ) -> int:
        """Return the key of a new commitment."""
        code = code or f"C-{next(self._numbers):04}"
        return self._key(
            """
            insert into billing.commitments (
                customer_id, commitment_code, name, minimum, maximum, currency, minor_units, interval_months,
                starts_on, ends_on, plan_codes
            )
            select
                customer_id, %(code)s, 'Commitment ' || %(code)s, %(minimum)s, %(maximum)s, currency, exponent,
                %(interval_months)s, %(starts)s, %(ends)s, %(plans)s
            from billing.customers inner join billing.currencies using (currency) where customer_id = %(customer)s
            returning commitment_id
            """,
            customer=customer,
            code=code,
            minimum=minimum,
            maximum=maximum,
            interval_months=interval_months,
            starts=starts,
            ends=ends,
            plans=list(plans),
        )

    def charge_once(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        customer: int,
        unit_amount: Amount,
        *,
        due: str,
        quantity: Amount = 1,
        code: str | None = None,
        service: tuple[str, str] | None = None,
    ) -> int:
        """Return the key of a new one-off charge."""
        code = code or f"X-{next(self._numbers):04}"
        return self._key(
            """
            insert into billing.charges (
                customer_id, charge_code, description, quantity, unit_amount, currency, due_on, service_start,
                service_end
            )
            select customer_id, %(code)s, 'Charge ' || %(code)s, %(quantity)s, %(unit_amount)s, currency, %(due)s,
                %(service_start)s::date, %(service_end)s::date
            from billing.customers where customer_id = %(customer)s
            returning charge_id
            """,
            customer=customer,
            code=code,
            quantity=quantity,
            unit_amount=unit_amount,
            due=due,
            service_start=service and service[0],
            service_end=service and service[1],
        )
