"""Rows of catalog files that cannot be loaded: as lines to print, as a file to mend, and which of them only follow."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.errors import BillingError
from orchestrator.files.catalog import (
    CHARGES,
    COMMITMENTS,
    COMPANY,
    CUSTOMERS,
    DISCOUNTS,
    PLANS,
    PRICES,
    SUBSCRIPTIONS,
    TIERS,
    UNREADABLE,
)
from orchestrator.files.problems import PROBLEMS_SHOWN, Problem
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from orchestrator.engine.contract import FoundProblem
    from orchestrator.files.catalog import CatalogFile

_REASONS = ("file", "line", "reason")
_AGREED: dict[str, tuple[str, ...]] = {"account_number": (CUSTOMERS.name,), "plan_codes": (PLANS.name,)}
_LEANS_ON: dict[str, dict[str, tuple[str, ...]]] = {
    SUBSCRIPTIONS.name: {"account_number": (CUSTOMERS.name,), "plan_code": (PLANS.name, PRICES.name)},
    TIERS.name: {"plan_code": (PLANS.name,)},
    PRICES.name: {"account_number": (CUSTOMERS.name,), "plan_code": (PLANS.name,)},
    DISCOUNTS.name: _AGREED,
    COMMITMENTS.name: _AGREED,
    CHARGES.name: {"account_number": (CUSTOMERS.name,)},
}
"""Which column of a file names rows of which others."""
_BETWEEN_CODES = ";"


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRows:
    """The problems of one file, and how many rows lean on a bad row of another and would only repeat its problem."""

    file: CatalogFile
    found: list[FoundProblem]
    followers: int = 0
    leaders: tuple[str, ...] = ()
    """Names of the files that these rows lean on."""

    @property
    def count(self) -> int:
        """How many rows have a problem of their own; company.toml has no rows."""
        return len(self.found) if self.file is COMPANY else len({one.line for one in self.found})

    def report(self, report: Callable[[str], None]) -> None:
        """Give the first problems as lines, and a count of the others."""
        for one in self.found[:PROBLEMS_SHOWN]:
            problem = Problem(
                source=self.file.name,
                line=None if self.file is COMPANY else one.line,
                column_name=one.column_name,
                value=one.value,
                expected=one.expected,
            )
            report(str(problem))
        if len(self.found) > PROBLEMS_SHOWN:
            report(f"{self.file.name}: and {len(self.found) - PROBLEMS_SHOWN} more problems")
        if self.followers:
            others = " and ".join(self.leaders)
            report(f"{self.file.name}: {counted(self.followers, 'row')} of bad rows of {others}, not looked at further")

    def rows(self) -> list[dict[str, object]]:
        """Return each bad row once, with all its reasons, for the file of skipped rows."""
        rows: dict[int | None, dict[str, object]] = {}
        for one in self.found:
            reason = f"{one.column_name}: expected {one.expected}"
            row = rows.setdefault(one.line, {"file": self.file.name, "line": one.line, **(one.fields or {})})
            row["reason"] = f"{row['reason']}; {reason}" if "reason" in row else reason
        return list(rows.values())


@dataclass(slots=True)
class Missing:
    """Keys of rows that were not loaded because they, or their whole file, have a problem of their own."""

    _keys: dict[str, set[str]] = field(default_factory=dict)
    _unreadable: dict[str, list[str]] = field(default_factory=dict)
    _files: set[str] = field(default_factory=set)

    def add(self, rows: BadRows) -> None:
        """Remember the bad rows of a file."""
        key = rows.file.required[0] if rows.file.required else ""
        for one in rows.found:
            fields = one.fields or {}
            self._keys.setdefault(rows.file.name, set()).add(fields.get(key, ""))
            if UNREADABLE in fields:
                self._unreadable.setdefault(rows.file.name, []).append(fields[UNREADABLE])

    def add_file(self, name: str) -> None:
        """Remember a file of which nothing could be read."""
        self._files.add(name)

    def holds(self, name: str, key: str | None) -> bool:
        """Tell whether a row of that file with this key is there, but bad."""
        return (
            name in self._files
            or (key or "") in self._keys.get(name, ())
            or any((key or "") in text for text in self._unreadable.get(name, ()))
        )

    def without_followers(self, rows: BadRows) -> BadRows:
        """Leave out what a row only suffers from a bad row of another file."""
        leans_on = _LEANS_ON.get(rows.file.name, {})
        own = []
        leaders: set[str] = set()
        for one in rows.found:
            keys = (one.value, *(one.value or "").split(_BETWEEN_CODES))
            names = leans_on.get(one.column_name, ())
            found = {name for name in names if any(self.holds(name, key) for key in keys)}
            leaders |= found
            if not found:
                own.append(one)
        followers = {one.line for one in rows.found} - {one.line for one in own}
        order = [name for names in leans_on.values() for name in names if name in leaders]
        return BadRows(file=rows.file, found=own, followers=len(followers), leaders=tuple(order))


def write_skipped(path: Path, bad: list[BadRows]) -> None:
    """Write the bad rows of all files, still inside the transaction: what cannot be kept is not skipped."""
    columns = dict.fromkeys([*_REASONS, *(column for rows in bad for column in rows.file.columns), UNREADABLE])
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(columns), extrasaction="ignore")
            writer.writeheader()
            for rows in bad:
                writer.writerows(rows.rows())
    except OSError as error:
        raise BillingError(f"{path} cannot be written: {error.strerror}. Nothing was loaded.") from error
