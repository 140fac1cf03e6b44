"""The SQL functions that only the web calls, one method each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.database import Database
from orchestrator.web.access import Principal

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.functions.session import Document


class WebDatabase(Database):
    """A connection and the functions of sql/access."""

    def create_api_token(self, *, name: str, role: str, token_sha256: bytes, expires_at: datetime | None) -> int:
        """Let a secret in, in place of the one that had its name."""
        return self._value(
            "create_api_token", int, name=name, role=role, token_sha256=token_sha256, expires_at=expires_at
        )

    def authenticate_api_token(self, *, token_sha256: bytes) -> Principal | None:
        """Tell whose secret it is."""
        return self._optional_row("authenticate_api_token", Principal, token_sha256=token_sha256)

    def seller_name(self) -> str | None:
        """Whose billing this is."""
        return self._optional("seller_name", str)

    def invoice_by_link_token(self, *, token: str) -> str | None:
        """Number of the invoice that a payment link belongs to."""
        return self._optional("invoice_by_link_token", str, token=token)

    def link_invoices(self, *, limit: int) -> int:
        """Make the links of new invoices findable; returns how many were new."""
        return self._value("link_invoices", int, limit=limit)

    def payment_page(self, *, invoice_number: str) -> Document | None:
        """Return what the payment page of an invoice shows."""
        return self._optional("payment_page", dict, invoice_number=invoice_number)
