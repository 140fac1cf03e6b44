"""An SMTP server on loopback that keeps every message, and fails in the ways that mail servers fail."""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, cast

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from stripe_sandbox.http_server import LOOPBACK, listening_socket

if TYPE_CHECKING:
    import ssl
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import Envelope, Session

_MESSAGE_AT_MOST = 50 * 1024 * 1024
_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedMail:
    """One message as it arrived, with the addresses of its envelope."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    path: Path | None

    @property
    def message(self) -> EmailMessage:
        """Return the message, parsed."""
        return message_from_bytes(self.content, policy=policy.default)


@dataclass(slots=True, kw_only=True)
class MailFaults:
    """How the server fails; counts are used up, None is for good, 0 is never."""

    rejected: set[str] = field(default_factory=set)
    temporary: int | None = 0
    drops_after_data: int | None = 0
    drops_before_keeping: bool = False
    milliseconds: int = 0


class SmtpSink:
    """Keeps messages in memory and, given a folder, as .eml files named by their Message-ID.

    The same Message-ID again is another file, `<id>.2.eml`: at-least-once delivery shows.
    """

    def __init__(
        self,
        *,
        folder: Path | None = None,
        tls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
    ) -> None:
        self.port = 0
        self.login = login
        self.has_tls = tls is not None
        self.faults = MailFaults()
        self._tls = tls
        self._folder = folder
        self._lock = threading.Lock()
        self._mails: list[ReceivedMail] = []
        self._server: asyncio.Server | None = None
        self._connections: set[SMTP] = set()

    @property
    def mails(self) -> tuple[ReceivedMail, ...]:
        """Return everything received, in order of arrival."""
        with self._lock:
            return tuple(self._mails)

    def clear(self) -> None:
        """Forget the messages; files stay."""
        with self._lock:
            self._mails.clear()

    async def open(self, port: int) -> None:
        """Start to listen; already listening is no change."""
        if self._server is None:
            listener = listening_socket(port)
            self.port = listener.getsockname()[1]
            self._server = await asyncio.get_running_loop().create_server(self._protocol, sock=listener)

    async def close(self) -> None:
        """Refuse connections and cut those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in self._connections:
            _cut(connection)
        self._connections.clear()
        await asyncio.sleep(0)

    def _protocol(self) -> SMTP:
        connection = SMTP(
            self,
            hostname=LOOPBACK,
            ident="pgbilling sandbox",
            data_size_limit=_MESSAGE_AT_MOST,
            enable_SMTPUTF8=True,
            tls_context=self._tls,
            require_starttls=self.has_tls,
            authenticator=self._authenticate if self.login else None,
            auth_required=self.login is not None,
            auth_require_tls=self.has_tls,
            loop=asyncio.get_running_loop(),
        )
        self._connections.add(connection)
        return connection

    def _authenticate(self, *arguments: object) -> AuthResult:
        given = arguments[-1]
        is_known = isinstance(given, LoginPassword) and self.login == (given.login.decode(), given.password.decode())
        return AuthResult(success=is_known, handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's signature
        self,
        server: SMTP,  # noqa: ARG002 - aiosmtpd's signature
        session: Session,  # noqa: ARG002 - aiosmtpd's signature
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take a recipient, unless it is one of the rejected."""
        if address in self.faults.rejected:
            return "550 5.1.1 No such mailbox"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - as above
        """Take a message, or fail as planned; a dropped connection leaves its sender in doubt."""
        await asyncio.sleep(self.faults.milliseconds / 1000)
        if self._uses_up("temporary"):
            return "451 4.3.0 Try again later"
        is_dropped = self._uses_up("drops_after_data")
        if not (is_dropped and self.faults.drops_before_keeping):
            self._keep(envelope)
        if is_dropped:
            _cut(server)
        return "250 OK"

    def _uses_up(self, name: str) -> bool:
        left: int | None = getattr(self.faults, name)
        if left:
            setattr(self.faults, name, left - 1)
        return left is None or left > 0

    def _keep(self, envelope: Envelope) -> None:
        content = cast("bytes", envelope.content)
        with self._lock:
            path = self._write(content)
            self._mails.append(
                ReceivedMail(
                    sender=envelope.mail_from or "", recipients=tuple(envelope.rcpt_tos), content=content, path=path
                )
            )

    def _write(self, content: bytes) -> Path | None:
        if self._folder is None:
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        identifier = str(message_from_bytes(content, policy=policy.default)["Message-ID"] or "")
        stem = re.sub(r"[^A-Za-z0-9@._+=-]", "_", identifier.strip().strip("<>")).lstrip(".")[:_NAME_LENGTH]
        stem = stem or hashlib.sha256(content).hexdigest()[:16]
        copy = 1
        while True:
            path = self._folder / (f"{stem}.eml" if copy == 1 else f"{stem}.{copy}.eml")
            try:
                with path.open("xb") as file:
                    file.write(content)
            except FileExistsError:
                copy += 1
            else:
                return path


def _cut(connection: SMTP) -> None:
    if connection.transport is not None:
        cast("asyncio.Transport", connection.transport).abort()
