"""Hands messages over: to an SMTP server, or as files to a folder where none is set up.

An answer is a result, not an exception: accepted, refused for good, to be tried again, or unknown. Unknown means that
the connection broke after the server had been given the message: it may be on its way, or not. Neither results nor
representations carry a password or a word of the message.
"""

from __future__ import annotations

import contextlib
import enum
import hashlib
import os
import re
import smtplib
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from orchestrator.errors import OutsideSystemError
from orchestrator.mail.smtp_url import smtp_server

if TYPE_CHECKING:
    from email.message import EmailMessage

    from orchestrator.config import Settings

TIMEOUT = 30.0
"""Seconds that the server may be silent."""

_SHOWN = 200
_START_OF_CONTENT = 354
_POSITIVE, _NEGATIVE, _PERMANENT = range(200, 300), range(400, 600), range(500, 600)
_OF_THE_ACCOUNT = frozenset({530, 534, 535, 538})
"""Permanent by their number, but about our login: another message, or this one after a correction, is accepted."""

_DESCRIPTIONS: dict[type[Exception], str] = {
    TimeoutError: "the server did not answer in time",
    smtplib.SMTPServerDisconnected: "the server closed the connection",
    smtplib.SMTPNotSupportedError: "the server does not offer what SMTP_URL asks for, STARTTLS or a login",
}


class SendOutcome(enum.Enum):
    """What became of a message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendResult:
    """The outcome, with the server's own words or the reason why there are none."""

    outcome: SendOutcome
    answer: str


class Mailer(Protocol):
    """Sends one message to its one recipient."""

    def send(self, message: EmailMessage) -> SendResult:
        """Hand the message over; the same message may come again."""
        ...


class SmtpMailer:
    """Sends through an SMTP server, with one connection a message: any number of workers may share it."""

    def __init__(self, url: str, *, timeout: float = TIMEOUT, tls: ssl.SSLContext | None = None) -> None:
        self._server = smtp_server(url)
        self._timeout = timeout
        self._tls = tls or ssl.create_default_context()

    def send(self, message: EmailMessage) -> SendResult:
        """Send it; until the content goes out, a failure leaves nothing behind and can be tried again."""
        sender, recipient = (message[name].addresses[0].addr_spec for name in ("From", "To"))
        content = _as_content(message)
        try:
            client = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            return SendResult(outcome=SendOutcome.DEFERRED, answer=_described(error))
        try:
            result = _refusal_of_envelope(client, sender, recipient) or _transferred(client, content)
            if result.outcome is SendOutcome.ACCEPTED:
                _say_goodbye(client)
            return result
        finally:
            client.close()

    def _connected(self) -> smtplib.SMTP:
        """Connect, encrypt and log in, in this order."""
        server = self._server
        local_name = "localhost" if server.is_loopback else None
        client: smtplib.SMTP
        if server.is_tls:
            client = smtplib.SMTP_SSL(
                server.host, server.port, context=self._tls, timeout=self._timeout, local_hostname=local_name
            )
        else:
            client = smtplib.SMTP(server.host, server.port, timeout=self._timeout, local_hostname=local_name)
        try:
            if server.starttls:
                client.starttls(context=self._tls)
            client.ehlo_or_helo_if_needed()
            if server.user is not None:
                _log_in(client, server.user, server.password or "")
        except BaseException:
            client.close()
            raise
        return client


def _log_in(client: smtplib.SMTP, user: str, password: str) -> None:
    """Try one mechanism only: the library tries a refused password with each, and accounts are locked that way."""
    client.user, client.password = user, password
    offered = client.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" in offered:
        client.auth("PLAIN", client.auth_plain)
    elif "LOGIN" in offered:
        client.auth("LOGIN", client.auth_login)
    else:
        raise smtplib.SMTPNotSupportedError


def _refusal_of_envelope(client: smtplib.SMTP, sender: str, recipient: str) -> SendResult | None:
    """Announce sender, recipient and content; nothing is handed over before the server asks for it."""
    try:
        for wanted, command, argument in (
            (_POSITIVE, "MAIL", f"FROM:<{sender}>"),
            (_POSITIVE, "RCPT", f"TO:<{recipient}>"),
            (range(_START_OF_CONTENT, _START_OF_CONTENT + 1), "DATA", ""),
        ):
            code, answer = client.docmd(command, argument)
            if code not in wanted:
                return _judged(code, answer)
    except (OSError, smtplib.SMTPException) as error:
        return SendResult(outcome=SendOutcome.DEFERRED, answer=_described(error))
    return None


def _say_goodbye(client: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError, smtplib.SMTPException):
        client.docmd("QUIT")


def _as_content(message: EmailMessage) -> bytes:
    """CRLF line ends, a doubled point where a line begins with one, and the point that ends it all."""
    content = re.sub(rb"\r?\n", b"\r\n", message.as_bytes())
    return re.sub(rb"(?m)^\.", b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n"


def _transferred(client: smtplib.SMTP, content: bytes) -> SendResult:
    try:
        client.send(content)
        code, answer = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return SendResult(outcome=SendOutcome.UNKNOWN, answer=_described(error))
    if code in _POSITIVE:
        return SendResult(outcome=SendOutcome.ACCEPTED, answer=_words(code, answer))
    if code not in _NEGATIVE:
        return SendResult(outcome=SendOutcome.UNKNOWN, answer=_words(code, answer))
    return _judged(code, answer)


def _judged(code: int, answer: bytes) -> SendResult:
    is_final = code in _PERMANENT and code not in _OF_THE_ACCOUNT
    return SendResult(outcome=SendOutcome.REFUSED if is_final else SendOutcome.DEFERRED, answer=_words(code, answer))


def _words(code: int, answer: bytes | str) -> str:
    """One line of what the server said; the server is a stranger, too."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    printable = "".join(character if character.isprintable() else " " for character in text)
    return f"{code} {' '.join(printable.split())}"[:_SHOWN].strip()


def _described(error: OSError | smtplib.SMTPException) -> str:
    """Say what broke without the arguments of the exception, which may carry what was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate was not accepted: {error.verify_message}"
    cause = error.__context__ if isinstance(error.__context__, TimeoutError) else error
    for kind, description in _DESCRIPTIONS.items():
        if isinstance(cause, kind):
            return description
    return f"no connection to the mail server: {error.strerror or type(error).__name__}"


class FolderMailer:
    """Keeps every message as an .eml file named by its Message-ID, for people and programs to pick up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> SendResult:
        """Write the file at once or not at all; a message that is already there is not written again."""
        path = self._folder / _file_name(str(message["Message-ID"]))
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                _write(path, message.as_bytes())
        except OSError as error:
            raise OutsideSystemError(f"The e-mail cannot be written to {path}: {error.strerror}.") from None
        return SendResult(outcome=SendOutcome.ACCEPTED, answer=path.name)


def _file_name(message_id: str) -> str:
    """Keep the Message-ID where it is a file name; else a hash keeps two of them apart."""
    plain = message_id.strip("<> ")
    safe = re.sub(r"[^A-Za-z0-9@._+-]", "_", plain).lstrip(".")[:150]
    mark = "" if safe == plain else f"-{hashlib.sha256(plain.encode()).hexdigest()[:16]}"
    return f"{safe}{mark}.eml"


def _write(path: Path, content: bytes) -> None:
    """Readable for the owner alone, as letters are."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def mailer_for(settings: Settings) -> Mailer:
    """Real e-mail where SMTP_URL is set, else files under the home."""
    if settings.smtp_url is not None:
        return SmtpMailer(settings.smtp_url)
    return FolderMailer(settings.home / "mail")
