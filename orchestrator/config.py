"""Settings: the one place that reads the environment."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import BillingError

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_HOME = ".billing"
DEFAULT_PUBLIC_URL = "http://127.0.0.1:8000"
_PUBLIC_URL = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where billing keeps its files and which outside systems it may use.

    Addresses and keys that carry secrets never appear in the representation, because representations end in logs.
    """

    home: Path
    database_url: str | None = field(default=None, repr=False)
    postgres_bin: Path | None = None
    public_url: str = DEFAULT_PUBLIC_URL
    stripe_api_key: str | None = field(default=None, repr=False)
    stripe_api_base: str | None = None
    stripe_webhook_secret: str | None = field(default=None, repr=False)
    smtp_url: str | None = field(default=None, repr=False)

    @property
    def is_embedded(self) -> bool:
        """Whether billing runs its own PostgreSQL server."""
        return self.database_url is None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; a variable that is set but empty counts as not set."""
        given = _given(environment)
        postgres_bin = given.get("BILLING_POSTGRES_BIN")
        return cls(
            home=Path(given.get("BILLING_HOME", DEFAULT_HOME)).expanduser().absolute(),
            database_url=given.get("DATABASE_URL"),
            postgres_bin=Path(postgres_bin).expanduser().absolute() if postgres_bin else None,
            public_url=_public_url(given.get("BILLING_PUBLIC_URL", DEFAULT_PUBLIC_URL)),
            stripe_api_key=given.get("STRIPE_API_KEY"),
            stripe_api_base=given.get("STRIPE_API_BASE"),
            stripe_webhook_secret=given.get("STRIPE_WEBHOOK_SECRET"),
            smtp_url=given.get("SMTP_URL"),
        )

    @classmethod
    def to_deliver(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings of a command that sends mails: to real customers go only links that lead somewhere."""
        given = _given(environment)
        if "SMTP_URL" in given and "BILLING_PUBLIC_URL" not in given:
            raise BillingError(
                "SMTP_URL is set but BILLING_PUBLIC_URL is not, so the links in e-mails and PDFs would lead nowhere. "
                "Set it to the address under which customers reach billing serve, such as https://pay.example.com."
            )
        return cls.from_environment(given)


def _given(environment: Mapping[str, str] | None) -> dict[str, str]:
    variables = os.environ if environment is None else environment
    return {name: value for name, value in variables.items() if value.strip()}


def _public_url(value: str) -> str:
    """Refuse what no link can be made of: it is printed into documents that never change."""
    address = value.strip().rstrip("/")
    if not _PUBLIC_URL.fullmatch(address):
        raise BillingError(
            f"BILLING_PUBLIC_URL is {value!r}. Expected scheme and host, and a port if need be, without a path, "
            "such as https://pay.example.com."
        )
    return address
