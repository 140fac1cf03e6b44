"""An e-mail as the database describes it: words from a pair of templates, headers that no customer's name can forge.

The same description gives the same bytes, so that a message sent twice is one message: the database gives Message-ID
and date, and the boundaries follow from the Message-ID.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import TYPE_CHECKING

from jinja2 import TemplateError

from orchestrator.errors import BillingError
from orchestrator.mail.headers import MAIL_POLICY, header_text, mail_address
from orchestrator.wording.templating import template_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

TEMPLATES = frozenset(
    {
        "invoice_card",
        "invoice_transfer",
        "invoice_void",
        "payment_received",
        "update_payment_method",
        "reminder",
        "urgent_notice",
        "credit_note",
        "manual_review",
    }
)

DECLINES = {
    "expired_card": "the card has expired",
    "insufficient_funds": "the account had insufficient funds",
    "card_declined": "the bank declined the card",
    "authentication_required": "the bank asks you to confirm the payment",
    "processing_error": "the bank could not process the payment",
    "no_payment_method": "there is no card on file",
    "incorrect_number": "the card number is not valid",
    "incorrect_cvc": "the security code is not right",
    "card_not_supported": "the card does not allow this payment",
}
"""Reasons that the cardholder may read. A card reported lost or stolen is not among them: whoever reads may hold it."""

_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,120}@[A-Za-z0-9.-]{1,120}>")
_FILENAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,99}")
_LINK = re.compile(r"https?://[^\s\"<>\\]+", re.ASCII)


class MailError(BillingError):
    """The e-mail cannot be built."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A stored document, as the database hands it out."""

    filename: str
    content: bytes
    media_type: str = "application/pdf"


def build_message(mail: Mapping[str, object], attachments: Sequence[Attachment] = ()) -> EmailMessage:
    """Build the message; the attachments must be those that the description names, in its order."""
    message_id = _matching(_MESSAGE_ID, mail.get("message_id"), "Message-ID")
    try:
        _check_attachments(mail, attachments)
        message = EmailMessage(policy=MAIL_POLICY)
        message["From"] = mail_address(mail["from"])
        message["To"] = mail_address(mail["to"])
        subject, text, html = _render(mail)
        message["Subject"] = header_text(subject)
        message["Date"] = _date(mail["date"])
        message["Message-ID"] = message_id
        message["Auto-Submitted"] = "auto-generated"
    except (TemplateError, KeyError, TypeError, ValueError) as error:
        reason = f"it lacks {error}" if isinstance(error, KeyError) else error
        raise MailError(f"The e-mail {message_id} cannot be built: {reason}.") from error
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for attachment in attachments:
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.filename)
    _fix_boundaries(message, message_id)
    return message


def _render(mail: Mapping[str, object]) -> tuple[str, str, str]:
    """Render both parts; the first line of the text is the subject, so that all words stand in the templates."""
    name = mail["template"]
    if name not in TEMPLATES:
        raise ValueError(f"there is no template {name!r}")
    written = _environment().get_template(f"mail/{name}.txt").render(mail)
    subject, _, text = written.strip().partition("\n")
    html = _environment().get_template(f"mail/{name}.html").render(mail, subject=subject)
    return subject.strip(), re.sub(r"\n{3,}", "\n\n", text).strip("\n") + "\n", html.strip() + "\n"


@cache
def _environment() -> Environment:
    return template_environment({"link": _link, "failure": _failure, "failure_for_finance": _failure_for_finance})


def _link(value: object) -> str:
    """Let only web addresses become links; the message names none, because a link is a key to the invoice."""
    if not isinstance(value, str) or not _LINK.fullmatch(value):
        raise ValueError("one of its links is not a web address")
    return value


def _failure(code: str | None) -> str:
    return DECLINES.get(code or "", "the payment was declined")


def _failure_for_finance(code: str) -> str:
    """Word every reason: finance may know what the holder of the card may not."""
    if code == "authentication_required":
        return "the bank asks the customer to confirm the payment"
    return DECLINES.get(code, f"the bank declined the card: {code.replace('_', ' ')}")


def _matching(pattern: re.Pattern[str], value: object, what: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise MailError(f"{str(value)[:80]!r} is not a valid {what} of an e-mail.")
    return value


def _date(value: object) -> str:
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError(f"the date {value} has no offset from UTC")
    return format_datetime(moment)


def _check_attachments(mail: Mapping[str, object], attachments: Sequence[Attachment]) -> None:
    """An invoice never leaves without its PDF, nor with another's."""
    described = mail["attachments"] or ()
    if not isinstance(described, list | tuple):
        raise TypeError("attachments is not a list")
    expected = [_matching(_FILENAME, item["filename"], "file name") for item in described]
    given = [attachment.filename for attachment in attachments]
    if expected != given:
        raise ValueError(f"its attachments are {expected}, but {given} were given")


def _fix_boundaries(message: EmailMessage, message_id: str) -> None:
    """Name the boundaries by the Message-ID; `=_` occurs in no body that is quoted-printable or base64."""
    digest = hashlib.sha256(message_id.encode()).hexdigest()[:32]
    for depth, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{depth}_{digest}")
