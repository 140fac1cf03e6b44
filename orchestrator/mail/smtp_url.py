"""SMTP_URL: smtp://user:password@host:port, smtps://…, and ?starttls=required or off."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from orchestrator.errors import BillingError

_PORTS = {"smtp": 25, "smtps": 465}
_SUBMISSION_PORT = 587
_FORMS = "smtp://user:password@host:port or smtps://user:password@host:port, with ?starttls=required or ?starttls=off"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where and how to hand messages over."""

    host: str
    port: int
    is_tls: bool
    starttls: bool
    user: str | None
    password: str | None = field(repr=False)

    @property
    def is_loopback(self) -> bool:
        """Whether the server is this machine itself."""
        return _is_loopback(self.host)


def smtp_server(url: str) -> SmtpServer:
    """Read the address. Without ?starttls it is required, except on this machine: no password goes out readable."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True))
    except ValueError:
        raise _refused("it is not an address") from None
    if parts.scheme not in _PORTS:
        raise _refused("it begins with neither smtp:// nor smtps://")
    if not host or parts.path not in {"", "/"} or parts.fragment:
        raise _refused("it names no host, or more than a host")
    starttls = options.pop("starttls", None)
    if options or starttls not in {None, "required", "off"} or (parts.scheme == "smtps" and starttls == "required"):
        raise _refused("it has an option that means nothing")
    if parts.password is not None and not parts.username:
        raise _refused("it has a password without a user")
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    if not (user or "").isascii() or not (password or "").isascii():
        raise _refused("user and password must be ASCII")
    is_tls = parts.scheme == "smtps"
    default_port = _SUBMISSION_PORT if parts.username and not is_tls else _PORTS[parts.scheme]
    return SmtpServer(
        host=host,
        port=port or default_port,
        is_tls=is_tls,
        starttls=not is_tls and (starttls == "required" or (starttls is None and not _is_loopback(host))),
        user=user,
        password=password,
    )


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(reason: str) -> BillingError:
    """The address itself is never shown: it holds a password."""
    return BillingError(f"SMTP_URL cannot be used: {reason}. Expected: {_FORMS}.")
