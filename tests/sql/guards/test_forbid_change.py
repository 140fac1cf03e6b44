from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from tests.conftest import Connect

pytestmark = pytest.mark.usefixtures("numbered")

NEVER = [
    *(
        f"truncate billing.{table} cascade"
        for table in (
            "audit_log",
            "credit_notes",
            "customers",
            "documents",
            "invoice_line_items",
            "invoice_taxes",
            "invoices",
            "payments",
        )
    ),
    "update billing.audit_log set reason = 'other'",
    "delete from billing.audit_log",
    "update billing.credit_notes set reason = 'other'",
    "delete from billing.credit_notes",
    "delete from billing.customers",
]


@pytest.mark.parametrize("role", ["billing_owner", "postgres"])
@pytest.mark.parametrize("change", NEVER)
def test_history_is_only_added_to_whoever_asks(connect: Connect, change: str, role: str) -> None:
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="is not allowed"):
        connect(role).execute(change.encode())
