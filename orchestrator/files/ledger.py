"""Reads [accounts] and [datev] of company.toml: what the journal's accounts are called in the controller's ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TABLES = ("accounts", "datev")


def ledger_table(name: str, table: str, value: object) -> dict[str, object]:
    """Return a table as `billing.load_seller` wants it staged; `name` is the file in what is refused."""
    if not isinstance(value, dict):
        raise BillingError(f"{name}: {table}: {value!r}: expected a table of names and numbers. Nothing was loaded.")
    for key, number in value.items():
        if table == "accounts" and not isinstance(number, str):
            raise BillingError(
                f"{name}: accounts: {key} = {number!r}: expected a number in quotation marks, such as "
                f'{key} = "8400". Nothing was loaded.'
            )
        if table == "datev" and (isinstance(number, bool) or not isinstance(number, int)):
            raise BillingError(
                f"{name}: datev: {key} = {number!r}: expected a whole number, without quotation marks. "
                "Nothing was loaded."
            )
    return value


def ledger_lines(table: str, values: Mapping[str, object]) -> Iterator[str]:
    """Write a table as `ledger_table` reads it; nothing where it is empty."""
    if values:
        yield f"\n[{table}]\n"
    for key, value in values.items():
        yield f"{key if key.replace('_', '').isalnum() else json.dumps(key)} = {json.dumps(value)}\n"
