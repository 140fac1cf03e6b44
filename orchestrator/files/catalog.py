"""The catalog files of a folder: their columns, in the order in which they depend on each other, and their rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from psycopg.types.json import Jsonb

from orchestrator.engine.contract import Contract
from orchestrator.files.company import read_company
from orchestrator.files.csv_files import csv_rows, header_positions
from orchestrator.files.source import Unreadable
from orchestrator.files.vat_numbers import judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from orchestrator.engine.contract import LoadedRows
    from orchestrator.files.source import SourceFile

ISO_CODES = ("country", "currency")
UNREADABLE = "row"
"""Stands for the name of a column where a row could not be cut into columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFile:
    """One file of the contract and the function that loads its good rows."""

    name: str
    load: Callable[[Contract], LoadedRows]
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, as the contract orders them."""
        return self.required + self.optional


class StagedRow(NamedTuple):
    """A row of pg_temp.incoming_rows."""

    line: int
    fields: Jsonb
    unreadable: str | None = None


COMPANY = CatalogFile(name="company.toml", load=Contract.load_seller)
METRICS = CatalogFile(
    name="metrics.csv",
    load=partial(Contract.load_metrics, skip_bad=True),
    required=("metric", "dimensions"),
)
CUSTOMERS = CatalogFile(
    name="customers.csv",
    load=partial(Contract.load_customers, skip_bad=True),
    required=(
        "account_number",
        "name",
        "billing_email",
        "country",
        "region",
        "postal_code",
        "city",
        "address_line1",
        "tax_id",
        "currency",
        "collection_method",
        "segment",
        "signed_up_on",
    ),
    optional=("stripe_customer_id", "stripe_payment_method_id"),
)
PLANS = CatalogFile(
    name="plans.csv",
    load=partial(Contract.load_plans, skip_bad=True),
    required=("plan_code", "name", "kind", "pricing_model", "metric", "currency", "unit_amount", "package_size"),
    optional=("interval_months", "billed_in"),
)
TIERS = CatalogFile(
    name="tiers.csv",
    load=partial(Contract.load_tiers, skip_bad=True),
    required=("plan_code", "tier", "up_to", "unit_amount"),
    optional=("flat_amount",),
)
PRICES = CatalogFile(
    name="prices.csv",
    load=partial(Contract.load_prices, skip_bad=True),
    required=(
        "plan_code",
        "currency",
        "account_number",
        "valid_from",
        "pricing_model",
        "package_size",
        "cell",
        "where",
        "tier",
        "up_to",
        "unit_amount",
    ),
    optional=("flat_amount", "valid_to"),
)
SUBSCRIPTIONS = CatalogFile(
    name="subscriptions.csv",
    load=partial(Contract.load_subscriptions, skip_bad=True),
    required=("account_number", "plan_code", "quantity", "starts_on", "ends_on"),
    optional=("subscription", "anchor_on", "is_trial", "prices_as_of"),
)
DISCOUNTS = CatalogFile(
    name="discounts.csv",
    load=partial(Contract.load_discounts, skip_bad=True),
    required=("discount_code", "name", "account_number", "percent", "amount", "starts_on", "ends_on", "plan_codes"),
)
COMMITMENTS = CatalogFile(
    name="commitments.csv",
    load=partial(Contract.load_commitments, skip_bad=True),
    required=(
        "commitment_code",
        "name",
        "account_number",
        "minimum",
        "maximum",
        "interval_months",
        "starts_on",
        "ends_on",
        "plan_codes",
    ),
)
CHARGES = CatalogFile(
    name="charges.csv",
    load=partial(Contract.load_charges, skip_bad=True),
    required=("charge_code", "account_number", "description", "quantity", "unit_amount", "due_on"),
    optional=("service_start", "service_end"),
)
TAX_RATES = CatalogFile(
    name="tax_rates.csv",
    load=partial(Contract.load_tax_rates, skip_bad=True),
    required=("country", "region", "name", "rate", "valid_from", "valid_to"),
)
CATALOG = (
    COMPANY,
    METRICS,
    CUSTOMERS,
    PLANS,
    TIERS,
    PRICES,
    SUBSCRIPTIONS,
    DISCOUNTS,
    COMMITMENTS,
    CHARGES,
    TAX_RATES,
)


def company_rows(path: Path, report: Callable[[str], None]) -> Iterator[StagedRow]:
    """Give the one row of company.toml."""
    fields, ignored = read_company(path)
    _report_ignored(path.name, ignored, report)
    yield StagedRow(1, Jsonb(fields))


def catalog_rows(file: CatalogFile, source: SourceFile, report: Callable[[str], None]) -> Iterator[StagedRow]:
    """Give the rows of a CSV file: the known columns that are not empty, without the spaces around them."""
    rows = csv_rows(source)
    header = next(rows, None)
    positions, ignored = header_positions(source, header, required=file.required, optional=file.optional)
    _report_ignored(source.name, ignored, report)
    for row in rows:
        if isinstance(row, Unreadable):
            yield StagedRow(row.line, Jsonb({UNREADABLE: row.text}), row.expected)
            continue
        texts = {name: _cell(name, row.cells[index]) for name, index in positions.items()}
        fields: dict[str, object] = {name: text for name, text in texts.items() if text}
        if file is CUSTOMERS:
            fields |= _judged(texts, source.name, row.line, report)
        yield StagedRow(row.line, Jsonb(fields))


def _cell(name: str, text: str) -> str:
    """Without the spaces around it; codes of ISO 3166 and 4217 in capitals, as nothing else can be meant."""
    return text.strip().upper() if name in ISO_CODES and text.isascii() else text.strip()


def _judged(texts: dict[str, str], name: str, line: int, report: Callable[[str], None]) -> dict[str, object]:
    """Judge the tax id; an invalid one is a warning, because an invoice with tax is always possible."""
    if not texts["tax_id"]:
        return {"is_tax_id_valid": False}
    found = judge(texts["country"], texts["tax_id"])
    if found.is_judged and not found.is_valid:
        report(
            f"{name}:{line}: tax_id: {texts['tax_id'][:80]!r}: no valid VAT number of {texts['country']}; "
            "the customer is taxed as if there were none"
        )
    return {"tax_id": found.number, "is_tax_id_valid": found.is_valid}


def _report_ignored(name: str, ignored: list[str], report: Callable[[str], None]) -> None:
    if ignored:
        report(f"{name}: ignored, because unknown: {', '.join(ignored)}")
