"""What is sold, in a test: metrics, plans and their prices. Part of `given` (tests/given.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from tests.engine import Engine

if TYPE_CHECKING:
    import psycopg

Amount = str | int
Tier = tuple[Amount | None, Amount] | tuple[Amount | None, Amount, Amount]
"""(up_to, unit_amount) or (up_to, unit_amount, flat_amount); up_to None: no bound."""
Cell = tuple[Mapping[str, str], Sequence[Tier]]
"""(conditions, tiers)."""
Cells = Mapping[str, Cell]

METRIC = "api_calls"


class GivenPrices(Engine):
    """Writes the rows of what is sold, and for how much."""

    def __init__(self, connection: psycopg.Connection) -> None:
        super().__init__(connection)
        self._numbers = count(1)

    def metric(self, name: str = METRIC, *, dimensions: Sequence[str] = ()) -> int:
        """Return the key of a metric, new or not."""
        self.connection.execute(
            "insert into billing.metrics (metric, dimensions) values (%s, %s) on conflict do nothing",
            (name, list(dimensions)),
        )
        return self._key("select metric_id from billing.metrics where metric = %(name)s", name=name)

    def plan(  # noqa: PLR0913 - defaults for all a test may care about
        self,
        model: str = "graduated",
        *,
        code: str | None = None,
        tiers: Sequence[Tier] = (),
        cells: Cells | None = None,
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
            plan,
            model=model,
            tiers=tiers,
            cells=cells,
            unit_amount=unit_amount,
            package_size=package_size,
            currency=currency,
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
        cells: Cells | None = None,
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
        tiers = tiers if unit_amount is None else [(None, unit_amount)]
        ladders: list[tuple[str | None, Cell]] = [*cells.items()] if cells else [(None, ({}, tiers))]
        for place, (cell, (conditions, ladder)) in enumerate(sorted(ladders, key=str), start=1):
            self.connection.execute(
                "insert into billing.price_cells (price_id, cell_position, cell, conditions) values (%s, %s, %s, %s)",
                (price, place, cell, Jsonb(conditions)),
            )
            self._tiers(price, place, ladder, has_names=model in {"graduated", "volume"})
        return price

    def _tiers(self, price: int, cell: int, tiers: Sequence[Tier], *, has_names: bool) -> None:
        for position, (up_to, unit, *flat) in enumerate(tiers, start=1):
            name = f"Tier {position}" if has_names else None
            self.connection.execute(
                """
                insert into billing.price_tiers (
                    price_id, cell_position, tier_position, tier, up_to, unit_amount, flat_amount
                )
                values (%s, %s, %s, %s, %s, %s, %s)
                """,
                (price, cell, position, name, up_to, unit, flat[0] if flat else 0),
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
