from __future__ import annotations

import smtplib
import ssl
import time
from contextlib import contextmanager
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pytest

from stripe_sandbox import MailFaults, Sandbox
from stripe_sandbox.certificates import make_certificate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def letter(identifier: str = "<invoice-47@pgbilling.example>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "billing@seller.example"
    message["To"] = "billing@aster.example"
    message["Subject"] = "Invoice INV-2026-02-0047 für Februar"
    message["Message-ID"] = identifier
    message.set_content("312,91 €\n")
    return message


@contextmanager
def connection(sandbox: Sandbox) -> Iterator[smtplib.SMTP]:
    client = smtplib.SMTP("127.0.0.1", sandbox.mail.port, timeout=5)
    try:
        yield client
    finally:
        client.close()


def test_a_message_is_kept_as_it_was_sent(sandbox: Sandbox) -> None:
    with connection(sandbox) as client:
        client.send_message(letter())
    (mail,) = sandbox.mail.mails
    assert mail.recipients == ("billing@aster.example",)
    assert mail.message["Subject"] == "Invoice INV-2026-02-0047 für Februar"
    assert mail.message.get_content() == "312,91 €\r\n"
    sandbox.mail.clear()
    assert sandbox.mail.mails == ()


def test_files_are_named_by_message_id_and_a_repeat_shows(tmp_path: Path) -> None:
    with Sandbox.start(mail_folder=tmp_path / "mail") as sandbox, connection(sandbox) as client:
        for identifier in ("<a/../b@x>", "<invoice-47@x>", "<invoice-47@x>"):
            client.send_message(letter(identifier))
        assert sorted(path.name for path in (tmp_path / "mail").iterdir()) == [
            "a_.._b@x.eml",
            "invoice-47@x.2.eml",
            "invoice-47@x.eml",
        ]
        assert sandbox.mail.mails[0].path == tmp_path / "mail" / "a_.._b@x.eml"


def test_a_recipient_can_be_rejected(sandbox: Sandbox) -> None:
    sandbox.mail.faults.rejected.add("billing@aster.example")
    with connection(sandbox) as client, pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        client.send_message(letter())
    assert caught.value.recipients["billing@aster.example"][0] == 550
    assert sandbox.mail.mails == ()


def test_a_temporary_failure_passes(sandbox: Sandbox) -> None:
    sandbox.mail.faults = MailFaults(temporary=1)
    with connection(sandbox) as client:
        with pytest.raises(smtplib.SMTPDataError) as caught:
            client.send_message(letter())
        assert caught.value.smtp_code == 451
        client.send_message(letter())
    assert len(sandbox.mail.mails) == 1


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_connection_lost_after_the_data_leaves_its_sender_in_doubt(sandbox: Sandbox, *, is_kept: bool) -> None:
    sandbox.mail.faults = MailFaults(drops_after_data=1, drops_before_keeping=not is_kept)
    with connection(sandbox) as client, pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.send_message(letter())
    assert len(sandbox.mail.mails) == int(is_kept)
    with connection(sandbox) as client:
        client.send_message(letter())
    assert len(sandbox.mail.mails) == int(is_kept) + 1


def test_the_server_can_be_slow(sandbox: Sandbox) -> None:
    sandbox.mail.faults = MailFaults(milliseconds=150)
    begun = time.monotonic()
    with connection(sandbox) as client:
        client.send_message(letter())
    assert time.monotonic() - begun >= 0.15


def test_the_server_can_be_down_and_comes_back(sandbox: Sandbox) -> None:
    with sandbox.without_smtp(), pytest.raises(ConnectionRefusedError), connection(sandbox):
        pass
    with connection(sandbox) as client:
        client.send_message(letter())
    assert len(sandbox.mail.mails) == 1


def test_login_and_encryption_are_asked_for(tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    with Sandbox.start(smtp_tls=made.server_context(), smtp_login=("billing", "s:cret/%")) as sandbox:
        assert sandbox.smtp_url == f"smtp://billing:s%3Acret%2F%25@127.0.0.1:{sandbox.mail.port}?starttls=required"
        trusting = ssl.create_default_context(cafile=str(made.certificate))
        with connection(sandbox) as client:
            with pytest.raises(smtplib.SMTPException):
                client.send_message(letter())
            client.starttls(context=trusting)
            with pytest.raises(smtplib.SMTPException):
                client.send_message(letter())
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("billing", "wrong")
            client.login("billing", "s:cret/%")
            client.send_message(letter())
        assert len(sandbox.mail.mails) == 1


def test_an_unknown_certificate_is_not_trusted(tmp_path: Path) -> None:
    made = make_certificate(tmp_path)
    with (
        Sandbox.start(smtp_tls=made.server_context()) as sandbox,
        connection(sandbox) as client,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        client.starttls(context=ssl.create_default_context())
