"""The files of a company: staged, loaded, and what was found in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psycopg.types.json import Jsonb

from orchestrator.engine.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRows:
    """How many rows of a file were added, changed and left alone, none where the bad ones refused it."""

    added: int | None
    changed: int | None
    unchanged: int | None
    bad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProblem:
    """Something wrong with a row, and the row as it came."""

    line: int | None
    column_name: str
    value: str | None
    expected: str
    fields: dict[str, str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadWarning:
    """Something loaded that was probably not meant so; without a file, something that is lacking."""

    file: str | None
    line: int | None
    column_name: str | None
    value: str | None
    warning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A charge of an invoice that owes another amount by a load, the row that does it, and its credit notes."""

    file: str | None
    line: int | None
    account_number: str
    invoice_number: str
    service_period: str
    charge: str
    owed_before: Decimal
    owed_after: Decimal
    credit_notes: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogRow:
    """A row of a file that would load what is stored."""

    file_name: str
    fields: dict[str, str | int | None]


class Contract(Session):
    """What a company sells to whom, as its files say."""

    def begin_file(self) -> None:
        """Make room for the rows of a file, in a transaction."""
        self._run("begin_file")

    def stage_rows(self, rows: Iterable[tuple[int, Jsonb, str | None]]) -> None:
        """Send the rows of a file: line, fields, and what was expected where it could not be read."""
        self._copy("copy pg_temp.incoming_rows (line, fields, unreadable) from stdin", rows)

    def load_seller(self) -> LoadedRows:
        """Load the staged company.toml."""
        return self._row("load_seller", LoadedRows)

    def load_metrics(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged metrics.csv."""
        return self._row("load_metrics", LoadedRows, skip_bad=skip_bad)

    def load_customers(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged customers.csv."""
        return self._row("load_customers", LoadedRows, skip_bad=skip_bad)

    def load_plans(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged plans.csv."""
        return self._row("load_plans", LoadedRows, skip_bad=skip_bad)

    def load_tiers(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged tiers.csv."""
        return self._row("load_tiers", LoadedRows, skip_bad=skip_bad)

    def load_prices(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged prices.csv."""
        return self._row("load_prices", LoadedRows, skip_bad=skip_bad)

    def load_subscriptions(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged subscriptions.csv."""
        return self._row("load_subscriptions", LoadedRows, skip_bad=skip_bad)

    def load_discounts(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged discounts.csv."""
        return self._row("load_discounts", LoadedRows, skip_bad=skip_bad)

    def load_commitments(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged commitments.csv."""
        return self._row("load_commitments", LoadedRows, skip_bad=skip_bad)

    def load_charges(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged charges.csv."""
        return self._row("load_charges", LoadedRows, skip_bad=skip_bad)

    def load_tax_rates(self, *, skip_bad: bool) -> LoadedRows:
        """Load the staged tax_rates.csv."""
        return self._row("load_tax_rates", LoadedRows, skip_bad=skip_bad)

    def file_problems(self) -> list[FoundProblem]:
        """Return what is wrong with the file just loaded, in the same transaction."""
        return self._rows("file_problems", FoundProblem)

    def load_warnings(self, *, as_of: date) -> list[LoadWarning]:
        """Return what can be loaded but was probably not meant so, of all files of the transaction."""
        return self._rows("load_warnings", LoadWarning, as_of=as_of)

    def changed_scope(self) -> Jsonb | None:
        """Return for which billed customers this transaction has changed what was agreed; None: for nobody."""
        scope = self._value("changed_scope", list)
        return Jsonb(scope) if scope else None

    def note_owed(self, scope: Jsonb) -> None:
        """Keep what these customers owe as it stands, until the transaction ends."""
        self._run("note_owed", scope=scope)

    def load_corrections(self) -> list[Correction]:
        """Return what of standing invoices owes another amount than was noted."""
        return self._rows("load_corrections", Correction)

    def catalog_rows(self) -> list[CatalogRow]:
        """Return the catalog in force, as files have it."""
        return self._rows("catalog_rows", CatalogRow)
