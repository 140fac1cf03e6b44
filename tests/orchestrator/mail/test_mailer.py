from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import subprocess
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from orchestrator.config import Settings
from orchestrator.errors import OUTSIDE_FAILED, OutsideSystemError
from orchestrator.mail.mailer import FolderMailer, SendOutcome, SmtpMailer, mailer_for
from orchestrator.mail.message import Attachment, build_message
from tests.orchestrator.mails import mail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

PDF = Attachment(filename="INV-2026-02-0047.pdf", content=b"%PDF-1.7\n.\n..\r\n.\r\n" + bytes(range(256)))
Envelope = Any


def a_message(**changes: object) -> EmailMessage:
    return build_message(mail("invoice_transfer", attachments=[{"filename": PDF.filename}], **changes), [PDF])


class Post:
    """Accepts letters, or answers a step in another way."""

    def __init__(self, **answers: str) -> None:
        self.letters: list[Envelope] = []
        self._answers = answers

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name and arguments
        self, server: object, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        envelope.mail_from = address
        return self._answers.get("MAIL", "250 ok")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name and arguments
        self, server: object, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        del server, session, options
        answer = self._answers.get("RCPT", "250 ok")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        del server, session
        self.letters.append(envelope)
        return self._answers.get("DATA", "250 queued as 47")


class Running(Controller):
    """A server whose port the system chose."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextlib.contextmanager
def served(post: Post, **options: Any) -> Iterator[str]:
    controller = Running(post, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


@contextlib.contextmanager
def scripted(lines: Sequence[bytes | None]) -> Iterator[str]:
    """Serve one connection: a line after each line read (None hangs up); silence is an empty line."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as incoming:
                for number, line in enumerate(lines):
                    if number and not incoming.readline():
                        return
                    if line is None:
                        return
                    connection.sendall(line)
                incoming.read()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


HELLO = [b"220 here\r\n", b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n"]


def test_the_message_arrives_as_it_was_built() -> None:
    post = Post()
    message = a_message()
    with served(post) as address:
        result = SmtpMailer(f"smtp://{address}").send(message)
    assert result.outcome is SendOutcome.ACCEPTED
    assert result.answer == "250 queued as 47"
    (letter,) = post.letters
    assert letter.content == message.as_bytes()
    assert (letter.mail_from, letter.rcpt_tos) == ("billing@northgate.example", ["ap@mueller.example"])
    (attached,) = message_from_bytes(letter.content, policy=policy.default).iter_attachments()
    assert attached.get_content() == PDF.content


def test_a_line_that_is_a_point_does_not_end_the_message() -> None:
    post = Post()
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = "a@northgate.example", "b@mueller.example"
    message.set_content(".\n..\n.hidden\nend\n", cte="7bit")
    with served(post) as address:
        assert SmtpMailer(f"smtp://{address}").send(message).outcome is SendOutcome.ACCEPTED
    assert post.letters[0].content == message.as_bytes()


def test_one_mailer_serves_many_workers() -> None:
    post = Post()
    with served(post) as address:
        mailer = SmtpMailer(f"smtp://{address}")
        workers = [
            threading.Thread(target=mailer.send, args=(a_message(message_id=f"<{number}@northgate.example>"),))
            for number in range(10)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert len(post.letters) == 10


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 no such user", SendOutcome.REFUSED),
        ("552 too large", SendOutcome.REFUSED),
        ("451 try later", SendOutcome.DEFERRED),
        ("421 going down", SendOutcome.DEFERRED),
        ("530 log in first", SendOutcome.DEFERRED),
    ],
)
def test_the_servers_answer_tells_refused_from_later(step: str, answer: str, outcome: SendOutcome) -> None:
    post = Post(**{step: answer})
    with served(post) as address:
        result = SmtpMailer(f"smtp://{address}").send(a_message())
    assert (result.outcome, result.answer) == (outcome, answer)


@pytest.mark.parametrize("served_lines", [[None], [*HELLO[:1], None], [*HELLO[:3], None], [*HELLO, None]])
def test_a_connection_lost_before_the_content_can_be_tried_again(served_lines: list[bytes | None]) -> None:
    with scripted(served_lines) as address:
        result = SmtpMailer(f"smtp://{address}").send(a_message())
    assert result.outcome is SendOutcome.DEFERRED


@pytest.mark.parametrize("last", [None, b"garbage\r\n", b""])
def test_without_a_clear_answer_to_the_content_the_outcome_is_unknown(last: bytes | None) -> None:
    with scripted([*HELLO, b"354 go ahead\r\n", last]) as address:
        result = SmtpMailer(f"smtp://{address}", timeout=0.5).send(a_message())
    assert result.outcome is SendOutcome.UNKNOWN


def test_a_silent_server_is_given_up() -> None:
    with scripted([b""]) as address:
        result = SmtpMailer(f"smtp://{address}", timeout=0.2).send(a_message())
    assert (result.outcome, result.answer) == (SendOutcome.DEFERRED, "the server did not answer in time")


def test_no_server_at_all_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = SmtpMailer(f"smtp://127.0.0.1:{port}").send(a_message())
    assert (result.outcome, result.answer) == (
        SendOutcome.DEFERRED,
        "no connection to the mail server: Connection refused",
    )


def test_a_server_that_takes_no_mail_today_refuses_no_message() -> None:
    with scripted([b"554 not today\r\n"]) as address:
        result = SmtpMailer(f"smtp://{address}").send(a_message())
    assert (result.outcome, result.answer) == (SendOutcome.DEFERRED, "554 not today")


def test_what_a_server_says_is_one_printable_line() -> None:
    with scripted([*HELLO[:3], b"550-\x1b[31mno\r\n", b""]) as address:
        result = SmtpMailer(f"smtp://{address}", timeout=0.5).send(a_message())
    assert result.answer.isprintable()
    with scripted([*HELLO[:3], b"550 \x1b[31mno " + b"x" * 900 + b"\r\n"]) as address:
        result = SmtpMailer(f"smtp://{address}").send(a_message())
    assert result.outcome is SendOutcome.REFUSED
    assert result.answer.isprintable()
    assert len(result.answer) <= 200


def login(_server: object, _session: object, _envelope: object, _mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"me@x.example", b"p:w"), handled=False)


def test_a_login_is_used_and_a_wrong_one_refuses_no_message(
    server_tls: ssl.SSLContext, trusting: ssl.SSLContext
) -> None:
    post = Post()
    with served(post, authenticator=login, auth_required=True, tls_context=server_tls) as address:
        good, bad, none = (
            SmtpMailer(f"smtp://{user}{address}?starttls=required", tls=trusting).send(a_message())
            for user in ("me%40x.example:p%3Aw@", "me%40x.example:topsecret@", "")
        )
    assert good.outcome is SendOutcome.ACCEPTED
    assert bad.outcome is none.outcome is SendOutcome.DEFERRED
    assert bad.answer.startswith("535 ")
    assert len(post.letters) == 1


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this machine's address, with its key."""
    path = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
        cwd=path,
        check=True,
        capture_output=True,
    )
    return path


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    return context


@pytest.fixture
def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate / "certificate.pem"))


def test_starttls_encrypts_before_anything_is_said(server_tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    post = Post()
    with served(post, tls_context=server_tls, require_starttls=True) as address:
        mailer = SmtpMailer(f"smtp://{address}?starttls=required", tls=trusting)
        assert mailer.send(a_message()).outcome is SendOutcome.ACCEPTED
    assert len(post.letters) == 1


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(server_tls: ssl.SSLContext) -> None:
    post = Post()
    with served(post, tls_context=server_tls) as address:
        result = SmtpMailer(f"smtp://{address}?starttls=required").send(a_message())
    assert result.outcome is SendOutcome.DEFERRED
    assert result.answer.startswith("the server's certificate was not accepted: ")
    assert post.letters == []


def test_a_server_without_starttls_gets_neither_password_nor_message() -> None:
    post = Post()
    with served(post, authenticator=login, auth_require_tls=False) as address:
        result = SmtpMailer(f"smtp://me%40x.example:p%3Aw@{address}?starttls=required").send(a_message())
    assert result.outcome is SendOutcome.DEFERRED
    assert "STARTTLS" in result.answer
    assert post.letters == []


def test_smtps_is_encrypted_from_the_first_byte(server_tls: ssl.SSLContext, trusting: ssl.SSLContext) -> None:
    post = Post()
    with served(post, ssl_context=server_tls) as address:
        assert SmtpMailer(f"smtps://{address}", tls=trusting).send(a_message()).outcome is SendOutcome.ACCEPTED
        assert SmtpMailer(f"smtps://{address}").send(a_message()).outcome is SendOutcome.DEFERRED
    assert len(post.letters) == 1


def test_nothing_secret_is_in_representations_or_results() -> None:
    mailer = SmtpMailer("smtp://me:topsecret@127.0.0.1:9")
    result = mailer.send(a_message())
    assert "topsecret" not in f"{mailer!r}{vars(mailer)!r}{result!r}"
    assert "INV-2026-02-0047" not in repr(result)


def test_a_folder_keeps_the_message_under_its_id(tmp_path: Path) -> None:
    message = a_message()
    result = FolderMailer(tmp_path / "home" / "mail").send(message)
    assert (result.outcome, result.answer) == (SendOutcome.ACCEPTED, "invoice-47.reminder@northgate.example.eml")
    (file,) = (tmp_path / "home" / "mail").iterdir()
    assert file.name == result.answer
    assert file.read_bytes() == message.as_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_the_same_message_again_is_not_written_again(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path)
    mailer.send(a_message())
    (file,) = tmp_path.iterdir()
    before = file.stat()
    mailer.send(a_message())
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_message_id_cannot_leave_the_folder(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path / "mail")
    for message_id in (
        "<../../x@y.example>",
        "<..@y.example>",
        "</etc/x@y.example>",
        "<a/b@y.example>",
        "<a_b@y.example>",
    ):
        message = build_message(mail())
        message.replace_header("Message-ID", message_id)
        mailer.send(message)
    assert len(list((tmp_path / "mail").iterdir())) == 5
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "mail").touch()
    with pytest.raises(OutsideSystemError, match=r"cannot be written to .*mail/invoice-47") as failed:
        FolderMailer(tmp_path / "mail").send(a_message())
    assert failed.value.exit_code == OUTSIDE_FAILED
    assert [path.name for path in tmp_path.iterdir()] == ["mail"]


def test_an_interrupted_write_leaves_no_message(tmp_path: Path) -> None:
    class Broken:
        def __getitem__(self, _: str) -> str:
            return "<x@y.example>"

        def as_bytes(self) -> bytes:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FolderMailer(tmp_path).send(Broken())  # type: ignore[arg-type] # half a message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("smtp_url", "kind"), [(None, FolderMailer), ("smtp://127.0.0.1:9", SmtpMailer)])
def test_without_configuration_messages_become_files(
    tmp_path: Path, smtp_url: str | None, kind: Callable[..., object]
) -> None:
    assert type(mailer_for(Settings(home=tmp_path, smtp_url=smtp_url))) is kind
