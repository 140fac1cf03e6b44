"""What a test starts from: `given.customer(...)`, `given.plan(...)`, … with defaults: a test shows only its rule.

Rows are written straight into the tables as billing_owner, the way a load would leave them. Dates and amounts are given
as text: "2026-02-10", "0.001".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from tests.given_contracts import GivenContracts
from tests.given_prices import METRIC

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import psycopg

    from tests.given_prices import Amount


class Given(GivenContracts):
    """Writes the rows a test needs."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
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

    def usage(
        self,
        customer: int,
        quantity: Amount,
        *,
        on: str = "2026-02-10",
        metric: str = METRIC,
        properties: Mapping[str, object] | None = None,
    ) -> None:
        """One event; `on` is a day (noon UTC) or an instant with offset."""
        at = on if "T" in on else f"{on}T12:00Z"
        self.usages([(customer, quantity, at)], metric=metric, properties=properties)

    def usages(
        self,
        events: Sequence[tuple[int, Amount, str]],
        *,
        metric: str = METRIC,
        properties: Mapping[str, object] | None = None,
    ) -> None:
        """Many events at once: (customer, quantity, instant)."""
        self.connection.execute(
            """
            insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity, properties)
            select
                (event ->> 0)::bigint, (event ->> 2)::timestamptz, gen_random_uuid(), %s, (event ->> 1)::numeric, %s
            from jsonb_array_elements(%s) as events (event)
            """,
            (
                self.metric(metric),
                None if properties is None else Jsonb(properties),
                Jsonb([(customer, str(quantity), at) for customer, quantity, at in events]),
            ),
        )
