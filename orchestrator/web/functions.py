"""The SQL functions that only the web calls, one method each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.database import Database
from orchestrator.web.access import Principal

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.database import Document


class WebDatabase(Database):
    """A connection and the functions of sql/access."""

    def create_api_token(self, *, name: str, role: str, token_sha256: bytes, expires_at: datetime | None) -> int:
        """Let a secret in, in place of the one that had its name."""
        query = """
            select billing.create_api_token(
                p_name => %(name)s, p_role => %(role)s, p_token_sha256 => %(token_sha256)s,
                p_expires_at => %(expires_at)s
            )
        """
        values = {"name": name, "role": role, "token_sha256": token_sha256, "expires_at": expires_at}
        return self._value(query, values, int)

    def revoke_api_token(self, *, name: str) -> bool:
        """End a secret; false if there was none of this name."""
        return self._value("select billing.revoke_api_token(%(name)s)", {"name": name}, bool)

    def authenticate_api_token(self, *, token_sha256: bytes) -> Principal | None:
        """Tell whose secret it is."""
        query = "select * from billing.authenticate_api_token(%(token_sha256)s)"
        found = self._rows(query, {"token_sha256": token_sha256}, Principal)
        return found[0] if found else None

    def seller_name(self) -> str | None:
        """Whose billing this is."""
        return self._optional("select billing.seller_name()", {}, str)

    def invoice_by_link_token(self, *, token: str) -> str | None:
        """Number of the invoice that a payment link belongs to."""
        return self._optional("select billing.invoice_by_link_token(%(token)s)", {"token": token}, str)

    def link_invoices(self, *, limit: int) -> int:
        """Make the links of new invoices findable; returns how many were new."""
        return self._value("select billing.link_invoices(%(limit)s)", {"limit": limit}, int)

    def payment_page(self, *, invoice_number: str) -> Document | None:
        """Return what the payment page of an invoice shows."""
        query = "select billing.payment_page(%(invoice_number)s)"
        return self._optional(query, {"invoice_number": invoice_number}, dict)
