"""The SQL functions that only the web calls, one method each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.database import Database

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.engine.session import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Somebody who may come in."""

    name: str
    role: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Whose secret opened the door, and the database role the request works as."""

    name: str
    role: str
    database_role: str


class WebDatabase(Database):
    """A connection and the functions of sql/access."""

    def add_access(self, *, name: str, role: str, token_sha256: bytes) -> None:
        """Let a person or a program in."""
        self._run("add_access", name=name, role=role, token_sha256=token_sha256)

    def add_first_access(self, *, name: str, role: str, token_sha256: bytes) -> bool:
        """Let somebody in if nobody ever was; returns whether it did."""
        return self._value("add_first_access", bool, name=name, role=role, token_sha256=token_sha256)

    def revoke_access(self, *, name: str) -> None:
        """Take it away."""
        self._run("revoke_access", name=name)

    def standing_access(self) -> list[Access]:
        """Who may come in."""
        return self._rows("standing_access", Access)

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
