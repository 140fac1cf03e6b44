"""Numeric cases of pricing: facts from tests and documents of other engines (tests/data/pricing_cases.json).

Each case becomes customers of its own; all of a kind are rated, or invoiced, at once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.given import Given

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "pricing_cases.json").read_bytes())["cases"]

LEFT_OUT_MODELS = {
    "aggregate": "only sums are sold: count, max, unique, last, time-weighted, percentile are not built",
    "allowance": "included units shared by subscriptions are not built",
    "credits": "prepaid and promotional grants are not built",
    "grouped": "a parent that pays for children is not built",
    "mrr": "a report of whole years: tests of dbt_billing",
    "overage": "a factor above a commitment is not built: a higher tier says the same",
    "recognized": "revenue recognition is not built",
}
LEFT_OUT = {
    "pb0347": "no line that counts for a minimum can be below zero: prices are not, one-off charges do not count",
    "pb0391": "included units are not built",
}
PERIODS = {
    7: (1, date(2026, 2, 1), date(2026, 3, 1)),
    28: (1, date(2026, 2, 1), date(2026, 3, 1)),
    29: (1, date(2024, 2, 1), date(2024, 3, 1)),
    91: (3, date(2024, 4, 1), date(2024, 7, 1)),
}
"""Months, first day and end of a period of so many days; a week stands for a month of four of them."""


def reason_left_out(case: dict[str, Any]) -> str | None:
    """Why a case does not run; None: it does."""
    if not case["agrees"]:
        return f"another convention: {case['convention']}"
    return LEFT_OUT_MODELS.get(case["model"]) or LEFT_OUT.get(case["id"])


def cases(model: str) -> list[dict[str, Any]]:
    """Those of a kind that run."""
    return [case for case in CASES if case["model"] == model and reason_left_out(case) is None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What a service owes."""

    kind: str
    starts: date
    due: date
    gross: Decimal
    amount: Decimal


class Shop:
    """Sells what the cases say, each to a customer of its own."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self.numbers = count(1)

    def customer(self, *, region: str | None = None) -> int:
        return self.given.customer(region=region)

    def sold(self, unit: str, phases: Sequence[dict[str, Any]], period: Sequence[str]) -> int:
        """A fee whose service period is `period`, billed in advance; returns its customer."""
        starts, ends, moved = within_months(*map(date.fromisoformat, period))
        customer = self.customer()
        plan = self.given.flat_plan(unit, interval_months=months_between(starts, ends), billed_in="advance")
        subscription = None
        for phase in phases:
            terms = {
                "quantity": phase["quantity"],
                "starts": str(date.fromisoformat(phase["from"]) + moved),
                "ends": str(date.fromisoformat(phase["to"]) + moved if "to" in phase else ends),
                "is_trial": phase.get("trial", False),
            }
            if subscription is None:
                code = f"S{next(self.numbers)}"
                subscription = self.given.subscription(customer, plan, code=code, anchor=str(starts), **terms)
            else:
                self.given.phase(subscription, plan, **terms)
        return customer

    def invoiced(self, case: dict[str, Any]) -> int:
        """Lines of February 2026 with discounts, a maximum, money on account and tax; returns their customer."""
        params, lines, region = case["params"], case["input"]["lines"], case["id"]
        customer = self.customer(region=region)
        since = "2026-02-01"
        for place, line in enumerate(lines, start=1):
            ends = f"2026-02-{place * 5:02}"
            if (tax := line.get("tax", params.get("tax"))) is not None:
                valid_to = None if place == len(lines) else ends
                self.given.tax_rate(
                    str(Decimal(tax) / 100), country="DE", region=region, valid_from=since, valid_to=valid_to
                )
                since = ends
            starts = f"2026-01-{place * 5:02}"
            plan = self.given.flat_plan(line["amount"], code=f"{region}-{line.get('plan', line.get('tag', place))}")
            self.given.subscription(customer, plan, starts=starts, ends=ends, code=f"S{place}", anchor=starts)
        for discount in params["discounts"]:
            self.given.discount(
                customer,
                percent=str(Decimal(discount["percent"]) / 100) if "percent" in discount else None,
                amount=discount.get("amount"),
                plans=[f"{region}-{name}" for name in discount.get("scope", [])],
            )
        if "maximum" in params:
            self.given.commitment(customer, maximum=params["maximum"], starts="2026-02-01", ends="2026-03-01")
        if "on_account" in params:
            self.given.charge_once(customer, f"-{params['on_account']}", due="2026-01-15")
        return customer

    def outcome(self, customer: int, period: str = "2026-02") -> dict[str, Any]:
        """What the invoice of a month says, in the words of the cases."""
        rows = self.given.connection.execute(
            """
            select kind, gross_amount, lines.amount
            from billing.invoice_line_items as lines inner join billing.invoices using (invoice_id)
            where customer_id = %s and period_start = %s order by subscription_id, position
            """,
            (customer, f"{period}-01"),
        ).fetchall()
        invoice = self.given.invoice(customer, period)
        fixed = sum(amount for kind, _, amount in rows if kind == "discount")
        return {
            "discount": sum(gross - amount for _, gross, amount in rows) - fixed,
            "net": [amount for kind, _, amount in rows if kind == "subscription"],
            "subtotal": invoice.subtotal,
            "taxable": invoice.subtotal,
            "tax": invoice.tax,
            "total": invoice.total,
            "due": self.given.value(
                "select outstanding from billing.invoice_balances where invoice_id = %s", invoice.invoice_id
            ),
        }

    def committed(self, case: dict[str, Any]) -> int:
        """A minimum or maximum, and lines that end in its period; returns their customer."""
        params, told = case["params"], case["input"]
        days, of_days = told.get("days", 28), told.get("of_days", 28)
        months, first, end = PERIODS[of_days]
        if of_days not in {28, 29, 91}:
            days *= 28 // of_days
        customer = self.customer()
        last_month = (end - timedelta(days=1)).replace(day=1)
        for place, amount in enumerate(told["lines"]):
            starts, ends = str(last_month), str(end)
            self.given.subscription(customer, self.given.flat_plan(amount), starts=starts, ends=ends, code=f"S{place}")
        for amount in told.get("discounts", []):
            self.given.discount(customer, amount=amount, starts=str(first), ends=str(end))
        self.given.commitment(
            customer,
            minimum=params.get("minimum"),
            maximum=params.get("maximum"),
            interval_months=months,
            starts=str(first),
            ends=str(first + timedelta(days=days) if "days" in told else end),
        )
        return customer

    def celled(self, case: dict[str, Any]) -> int:
        """Usage of February 2026 by properties; returns its customer."""
        cells = case["params"]["cells"]
        plan, customer = self.usage_plan(case["id"]), self.customer()
        self.given.price(
            plan,
            model=cells[0]["model"],
            cells={
                cell["name"]: (cell["when"], [(tier["up_to"], tier["unit"]) for tier in cell["tiers"]])
                for cell in cells
            },
        )
        self.given.subscription(customer, plan, starts="2026-02-01", ends="2026-03-01")
        for properties, quantity in case["input"]["quantities"]:
            self.given.usage(customer, quantity, metric=case["id"], properties=properties)
        return customer

    def usage_plan(self, metric: str) -> int:
        """A plan without a price, of a metric whose events have a region and a model."""
        self.given.metric(metric)
        self.given.connection.execute(
            "update billing.metrics set dimensions = '{model,region}' where metric = %s", (metric,)
        )
        found = self.given.value(
            "insert into billing.pricing_plans (plan_code, name, kind, metric_id) "
            "select metric, metric, 'usage', metric_id from billing.metrics where metric = %s returning plan_id",
            metric,
        )
        assert isinstance(found, int)
        return found

    def used(self, case: dict[str, Any]) -> int:
        """Usage of January 2026, of which more becomes known later; returns its customer."""
        params = case["params"]
        tiers = [(tier["up_to"], tier["unit"], tier.get("flat", 0)) for tier in params["tiers"]]
        model = params.get("model", "flat")
        plan, customer = self.usage_plan(case["id"]), self.customer()
        self.given.price(plan, model=model, tiers=tiers, package_size=params.get("package_size"))
        self.given.subscription(customer, plan, starts="2026-01-01", ends="2026-02-01")
        if "percent" in params:
            percent = str(Decimal(params["percent"]) / 100)
            self.given.discount(customer, percent=percent, starts="2026-01-01", ends="2026-02-01")
        if "minimum" in params or "maximum" in params:
            least, most = params.get("minimum"), params.get("maximum")
            self.given.commitment(customer, minimum=least, maximum=most, starts="2026-01-01", ends="2026-02-01")
        return customer

    def use_up_to(self, case: dict[str, Any], customer: int, place: int) -> None:
        """What is known so much later."""
        known = [Decimal(0), *map(Decimal, case["input"]["cumulative"])]
        if place + 1 < len(known):
            more = known[place + 1] - known[place]
            self.given.usage(customer, str(more), on="2026-01-10", metric=case["id"], properties={})

    def account(self, customer: int) -> object:
        """Its number."""
        return self.given.value("select account_number from billing.customers where customer_id = %s", customer)

    def owed(self, *, since: str = "1999-12-01", until: str = "2029-12-31") -> dict[int, list[Charge]]:
        """What every customer owes, rated at once."""
        found: dict[int, list[Charge]] = defaultdict(list)
        with self.given.connection.transaction():
            self.given.connection.execute("select billing.begin_rating()")
            self.given.connection.execute(
                "insert into pg_temp.rating_scopes (customer_id, rated_from) select customer_id, %s "
                "from billing.customers",
                (since,),
            )
            self.given.connection.execute("select billing.rate(%s)", (until,))
            rows = self.given.connection.execute(
                "select customer_id, charge_kind, period_start, due_on, gross_amount, amount from pg_temp.rated_charges"
            ).fetchall()
        for customer, kind, starts, due, gross, amount in rows:
            found[customer].append(Charge(kind=kind, starts=starts, due=due, gross=gross, amount=amount))
        return found


def months_between(starts: date, ends: date) -> int:
    """Length of an interval."""
    return (ends.year - starts.year) * 12 + ends.month - starts.month


def within_months(starts: date, ends: date) -> tuple[date, date, timedelta]:
    """A service period of whole months as long as the one given, and by how much it was moved for that."""
    if starts.day == ends.day:
        return starts, ends, timedelta()
    assert (ends - starts).days == 30
    april = date(starts.year, 4, 1)
    return april, date(starts.year, 5, 1), april - starts


def total(charges: Iterable[Charge]) -> Decimal:
    """What charges come to."""
    return sum((charge.amount for charge in charges), Decimal(0))
