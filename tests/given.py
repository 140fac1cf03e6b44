"""What a test starts from: `given.customer(...)`, `given.plan(...)`, … with defaults: a test shows only its rule.

Rows are written straight into the tables as billing_owner, the way a load would leave them. Dates and amounts are given
as text: "2026-02-10", "0.001".
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from tests.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

Amount = str | int
Tier = tuple[Amount | None, Amount] | tuple[Amount | None, Amount, Amount]
"""(up_to, unit_amount) or (up_to, unit_amount, flat_amount); up_to None: no bound."""

METRIC = "api_calls"


class Given(Engine):
    """Writes the rows a test needs."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        self._numbers = count(1)
        self.seller()

    def seller(
        self, *, country: str = "DE", billing_timezone: str = "UTC", terms: int = 30, prefix: str = "INV"
    ) -> None:
        """The one seller; again: the seller is now this one."""
        self.connection.execute(
            """
            insert into billing.seller_profiles (
                name, address_line1, postal_code, city, country, email, iban, bic, billing_timezone,
                payment_terms_days, invoice_prefix
            )
            values (
                'Northgate API', 'Street 1', '10115', 'Berlin', %(country)s, 'billing@northgate.example',
                'DE02120300000000202051', 'BYLADEM1001', %(zone)s, %(terms)s, %(prefix)s
            )
            on conflict (is_only_row) do update
            set country = excluded.country, billing_timezone = excluded.billing_timezone,
                payment_terms_days = excluded.payment_terms_days, invoice_prefix = excluded.invoice_prefix
            """,
            {"country": country, "zone": billing_timezone, "terms": terms, "prefix": prefix},
        )

    def customer(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        account_number: str | None = None,
        *,
        currency: str = "EUR",
        country: str = "DE",
        region: str | None = None,
        valid_tax_id: str | None = None,
        collection_method: str = "send_invoice",
    ) -> int:
        """Return the key of a new customer."""
        return self._key(
            """
            insert into billing.customers (
                account_number, name, billing_email, country, region, tax_id, is_tax_id_valid, currency,
                collection_method, signed_up_on
            )
            values (
                %(account)s, 'Customer ' || %(account)s, 'mail@customer.example', %(country)s, %(region)s,
                %(tax_id)s, %(tax_id)s::text is not null, %(currency)s, %(method)s, '2020-01-01'
            )
            returning customer_id
            """,
            account=account_number or f"A-{next(self._numbers):04}",
            country=country,
            region=region,
            tax_id=valid_tax_id,
            currency=currency,
            method=collection_method,
        )

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
    ) -> int:
        """Return the key of a new usage plan; with metric None a flat one (see flat_plan)."""
        code = code or f"plan-{next(self._numbers):04}"
        plan = self._key(
            """
            insert into billing.pricing_plans (
                plan_code, name, kind, pricing_model, metric_id, currency, unit_amount, package_size
            )
            values (
                %(code)s, 'Plan ' || %(code)s, %(kind)s, %(model)s, %(metric)s, %(currency)s, %(unit_amount)s,
                %(package_size)s
            )
            returning plan_id
            """,
            code=code,
            kind="flat" if metric is None else "usage",
            model=model,
            metric=None if metric is None else self.metric(metric),
            currency=currency,
            unit_amount=unit_amount,
            package_size=package_size,
        )
        for position, (up_to, unit, *flat) in enumerate(tiers, start=1):
            self.connection.execute(
                """
                insert into billing.price_tiers (plan_id, tier_position, tier, up_to, unit_amount, flat_amount)
                values (%s, %s, %s, %s, %s, %s)
                """,
                (plan, position, f"Tier {position}", up_to, unit, flat[0] if flat else 0),
            )
        return plan

    def flat_plan(self, unit_amount: Amount = "99.00", *, code: str | None = None, currency: str = "EUR") -> int:
        """Return the key of a new plan with a price a month."""
        return self.plan("flat", code=code, unit_amount=unit_amount, metric=None, currency=currency)

    def subscription(
        self, customer: int, plan: int, *, quantity: Amount = 1, starts: str = "2025-01-01", ends: str | None = None
    ) -> int:
        """Return the key of a new subscription; `ends` is the first day not billed."""
        return self._key(
            """
            insert into billing.subscriptions (
                customer_id, plan_id, currency, metric_id, quantity, starts_on, ends_on
            )
            select %(customer)s, plan_id, currency, metric_id, %(quantity)s, %(starts)s, %(ends)s
            from billing.pricing_plans where plan_id = %(plan)s
            returning subscription_id
            """,
            customer=customer,
            plan=plan,
            quantity=quantity,
            starts=starts,
            ends=ends,
        )

    def tax_rate(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        rate: Amount = "0.19",
        *,
        country: str = "DE",
        region: str | None = None,
        name: str = "VAT",
        valid_from: str = "2020-01-01",
        valid_to: str | None = None,
    ) -> None:
        """A tax rate of a country or a region of it."""
        self.connection.execute(
            """
            insert into billing.tax_rates (country, region, name, rate, valid_from, valid_to)
            values (%s, %s, %s, %s, %s, %s)
            """,
            (country, region, name, rate, valid_from, valid_to),
        )

    def usage(self, customer: int, quantity: Amount, *, on: str = "2026-02-10", metric: str = METRIC) -> None:
        """One event; `on` is a day (noon UTC) or an instant with offset."""
        self.usages([(customer, quantity, on if "T" in on else f"{on}T12:00Z")], metric=metric)

    def usages(self, events: Sequence[tuple[int, Amount, str]], *, metric: str = METRIC) -> None:
        """Many events at once: (customer, quantity, instant)."""
        self.connection.execute(
            """
            insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity)
            select (event ->> 0)::bigint, (event ->> 2)::timestamptz, gen_random_uuid(), %s, (event ->> 1)::numeric
            from jsonb_array_elements(%s) as events (event)
            """,
            (self.metric(metric), Jsonb([(customer, str(quantity), at) for customer, quantity, at in events])),
        )
