"""How the columns of a bank's CSV file are read: our own names by default, any others by a TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from pathlib import Path

REQUIRED = ("booked_on", "amount", "reference")
OPTIONAL = (
    "entry_id",
    "value_on",
    "currency",
    "payer",
    "payer_iban",
    "account_iban",
    "end_to_end_id",
    "creditor_reference",
)
Columns = dict[str, tuple[str, ...]]
DEFAULT_COLUMNS: Columns = {name: (name,) for name in (*REQUIRED, *OPTIONAL)}
_MAX_MAPPING_BYTES = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """The file's dialect, and for each of our columns the names that it may have there.

    `reference` alone takes several columns at once: their texts are joined.
    """

    columns: Columns = field(default_factory=lambda: dict(DEFAULT_COLUMNS))
    delimiter: str | None = None
    decimal_separator: str | None = None
    date_format: str | None = None
    encoding: str = "utf-8"
    skip_lines: int = 0
    currency: str | None = None
    account_iban: str | None = None


DEFAULT = Mapping()

_SETTINGS: dict[str, type] = {
    "delimiter": str,
    "decimal_separator": str,
    "date_format": str,
    "encoding": str,
    "skip_lines": int,
    "currency": str,
    "account_iban": str,
}


def read_mapping(path: Path) -> Mapping:
    """Read the TOML file; a key that means nothing is refused, because a misspelt one would be ignored silently."""
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_MAPPING_BYTES)
        given = tomllib.loads(content.decode())
    except OSError as error:
        raise BillingError(f"The mapping {path} cannot be read: {error.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BillingError(f"The mapping {path.name} is not valid TOML: {error}.") from None
    columns = given.pop("columns", {})
    if not isinstance(columns, dict):
        raise BillingError(f"The mapping {path.name}: [columns] must be a table.")
    for key, value in given.items():
        _check_setting(path.name, key, value)
    return Mapping(columns=_columns(path.name, columns), **given)


def _check_setting(name: str, key: str, value: object) -> None:
    if key not in _SETTINGS:
        raise BillingError(f"The mapping {name}: {key!r} is not one of columns, {', '.join(_SETTINGS)}.")
    if type(value) is not _SETTINGS[key]:
        raise BillingError(f"The mapping {name}: {key} must be {'a number' if _SETTINGS[key] is int else 'text'}.")
    if key == "skip_lines" and int(str(value)) < 0:
        raise BillingError(f"The mapping {name}: skip_lines must not be negative.")
    if key == "delimiter" and len(str(value)) != 1:
        raise BillingError(f"The mapping {name}: the delimiter must be one character.")
    if key == "decimal_separator" and value not in {",", "."}:
        raise BillingError(f"The mapping {name}: the decimal_separator must be a comma or a point.")
    if key == "encoding" and not _is_text_encoding(str(value)):
        raise BillingError(f"The mapping {name}: {value!r} is not a known encoding.")


def _is_text_encoding(name: str) -> bool:
    try:
        return bool("x".encode(name))
    except LookupError:
        return False


def _columns(name: str, given: dict[str, Any]) -> Columns:
    columns: Columns = dict(DEFAULT_COLUMNS)
    for key, value in given.items():
        if key not in columns:
            raise BillingError(f"The mapping {name}: {key!r} is not one of the columns {', '.join(columns)}.")
        names = [value] if isinstance(value, str) else value
        several = isinstance(names, list) and names and all(isinstance(one, str) for one in names)
        if not several or (len(names) > 1 and key != "reference"):
            raise BillingError(f"The mapping {name}: {key} must name one column, reference may name several.")
        columns[key] = tuple(names)
    return columns
