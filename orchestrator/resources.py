"""Finds the folders that billing carries beside its code: in a checkout, and inside an installed wheel."""

from __future__ import annotations

from pathlib import Path

from orchestrator.errors import BillingError

FOLDERS = ("sql", "migrations", "dbt_billing", "templates", "examples")
"""What the wheel carries as package data, under the same names as in the checkout."""

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the directory of one of FOLDERS; the checkout wins, so that an edit counts at once."""
    if name not in FOLDERS:
        message = f"{name!r} is not one of the folders that billing carries: {', '.join(FOLDERS)}."
        raise ValueError(message)
    candidates = (_PACKAGE.parent / name, _PACKAGE / "_data" / name)
    in_checkout = (_PACKAGE.parent / "pyproject.toml").is_file()
    for candidate in candidates if in_checkout else candidates[1:]:
        if candidate.is_dir():
            return candidate
    message = f"The folder {name} is missing from this installation of pgbilling. Install it again."
    raise BillingError(message)
