"""What was sold, in a test: plans with their prices, subscriptions with their phases, discounts, commitments, charges.

Part of `given` (tests/given.py): each method has defaults, so that a test shows only its rule.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from tests.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import psycopg

Amount = str | int
Tier = tuple[Amount | None, Amount] | tuple[Amount | None, Amount, Amount]
"""(up_to, unit_amount) or (up_to, unit_amount, flat_amount); up_to None: no bound."""

METRIC = "api_calls"


class GivenContracts(Engine):
    """Writes the rows of what customers were sold."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        self._numbers = count(1)

    def metric(self, name: str = METRIC) -> int:
        """Return the key of a metric, new or not."""
        self.connection.execute("insert into billing.metrics (metric) values (%s) on conflict do nothing", (name,))
        return self._key("select metric_id from billing.metrics where metric = %(name)s", name=name)

    def plan(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        model: str = "graduated",
        *,
        code: str | None = None,
        tiers: Sequence[Tier] = (),
        unit_amount: Amount | None = None,
        package_size: Amount | None = None,
        metric: str | None = METRIC,
        currency: str = "EUR",
        interval_months: int = 1,
        billed_in: str = "arrears",
    ) -> int:
        """Return the key of a new usage plan with its list price; with metric None a flat one (see flat_plan)."""
        code = code or f"plan-{next(self._numbers):04}"
        plan = self._key(
            """
            insert into billing.pricing_plans (plan_code, name, kind, metric_id, interval_months, billed_in)
            values (%(code)s, 'Plan ' || %(code)s, %(kind)s, %(metric)s, %(interval_months)s, %(billed_in)s)
            returning plan_id
            """,
            code=code,
            kind="flat" if metric is None else "usage",
            metric=None if metric is None else self.metric(metric),
            interval_months=interval_months,
            billed_in=billed_in,
        )
        self.price(
            plan, model=model, tiers=tiers, unit_amount=unit_amount, package_size=package_size, currency=currency
        )
        return plan

    def price(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        plan: int,
        *,
        model: str = "flat",
        tiers: Sequence[Tier] = (),
        unit_amount: Amount | None = None,
        package_size: Amount | None = None,
        cells: Mapping[str, tuple[Mapping[str, str], Sequence[Tier]]] | None = None,
        currency: str = "EUR",
        customer: int | None = None,
        valid_from: str = "-infinity",
        valid_to: str | None = None,
    ) -> int:
        """Return the key of a new price of a plan: unit_amount, or tiers, or cells by name: (conditions, tiers)."""
        price = self._key(
            """
            insert into billing.prices (
                plan_id, currency, customer_id, valid_from, valid_to, pricing_model, package_size
            )
            values (
                %(plan)s, %(currency)s, %(customer)s, %(valid_from)s, %(valid_to)s, %(model)s, %(package_size)s
            )
            returning price_id
            """,
            plan=plan,
            currency=currency,
            customer=customer,
            valid_from=valid_from,
            valid_to=valid_to,
            model=model,
            package_size=package_size,
        )
        ladders = cells or {None: ({}, tiers)}
        for place, (cell, (conditions, ladder)) in enumerate(sorted(ladders.items(), key=str), start=1):
            self.connection.execute(
                "insert into billing.price_cells (price_id, cell_position, cell, conditions) values (%s, %s, %s, %s)",
                (price, place, cell, Jsonb(conditions)),
            )
            self._tiers(price, place, ladder, unit_amount)
        return price

    def _tiers(self, price: int, cell: int, tiers: Sequence[Tier], unit_amount: Amount | None) -> None:
        rows = [
            (f"Tier {position}", up_to, unit, flat[0] if flat else 0)
            for position, (up_to, unit, *flat) in enumerate(tiers, start=1)
        ]
        if unit_amount is not None:
            rows = [(None, None, unit_amount, 0)]
        for position, row in enumerate(rows, start=1):
            self.connection.execute(
                """
                insert into billing.price_tiers (
                    price_id, cell_position, tier_position, tier, up_to, unit_amount, flat_amount
                )
                values (%s, %s, %s, %s, %s, %s, %s)
                """,
                (price, cell, position, *row),
            )

    def flat_plan(
        self,
        unit_amount: Amount = "99.00",
        *,
        code: str | None = None,
        currency: str = "EUR",
        interval_months: int = 1,
        billed_in: str = "arrears",
    ) -> int:
        """Return the key of a new plan with a price an interval."""
        return self.plan(
            "flat",
            code=code,
            unit_amount=unit_amount,
            metric=None,
            currency=currency,
            interval_months=interval_months,
            billed_in=billed_in,
        )

    def subscription(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        customer: int,
        plan: int,
        *,
        quantity: Amount = 1,
        starts: str = "2025-01-01",
        ends: str | None = None,
        code: str | None = None,
        anchor: str | None = None,
        prices_as_of: str | None = None,
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
        *,
        percent: Amount | None = None,
        amount: Amount | None = None,
        code: str | None = None,
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
        *,
        minimum: Amount | None = None,
        maximum: Amount | None = None,
        code: str | None = None,
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

    def charge(
        self,
        customer: int,
        unit_amount: Amount,
        *,
        due: str,
        quantity: Amount = 1,
        code: str | None = None,
    ) -> int:
        """Return the key of a new one-off charge."""
        code = code or f"X-{next(self._numbers):04}"
        return self._key(
            """
            insert into billing.charges (
                customer_id, charge_code, description, quantity, unit_amount, currency, due_on
            )
            select customer_id, %(code)s, 'Charge ' || %(code)s, %(quantity)s, %(unit_amount)s, currency, %(due)s
            from billing.customers where customer_id = %(customer)s
            returning charge_id
            """,
            customer=customer,
            code=code,
            quantity=quantity,
            unit_amount=unit_amount,
            due=due,
        )
