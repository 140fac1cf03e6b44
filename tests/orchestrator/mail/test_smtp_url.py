from __future__ import annotations

import pytest

from orchestrator.errors import REFUSED, BillingError
from orchestrator.mail.smtp_url import smtp_server


@pytest.mark.parametrize(
    ("url", "host", "port", "is_tls", "starttls"),
    [
        ("smtp://mail.example", "mail.example", 25, False, True),
        ("smtp://mail.example:2525", "mail.example", 2525, False, True),
        ("smtp://me:pw@mail.example", "mail.example", 587, False, True),
        ("smtp://me:pw@mail.example?starttls=off", "mail.example", 587, False, False),
        ("smtp://mail.example/?starttls=required", "mail.example", 25, False, True),
        ("smtps://mail.example", "mail.example", 465, True, False),
        ("smtps://me:pw@mail.example:4650", "mail.example", 4650, True, False),
        ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, False, False),
        ("smtp://localhost", "localhost", 25, False, False),
        ("smtp://[::1]:1025", "::1", 1025, False, False),
        ("smtp://127.0.0.1:1025?starttls=required", "127.0.0.1", 1025, False, True),
    ],
)
def test_every_form_is_read_and_nothing_leaves_the_machine_readable_by_default(
    url: str,
    host: str,
    port: int,
    is_tls: bool,  # noqa: FBT001 - a column of the table
    starttls: bool,  # noqa: FBT001 - a column of the table
) -> None:
    server = smtp_server(url)
    assert (server.host, server.port, server.is_tls, server.starttls) == (host, port, is_tls, starttls)


def test_users_and_passwords_may_hold_any_character_when_escaped() -> None:
    server = smtp_server("smtp://me%40x.example:p%3A%2F%40w@mail.example")
    assert (server.user, server.password) == ("me@x.example", "p:/@w")


def test_a_password_is_not_in_the_representation() -> None:
    assert "secret" not in repr(smtp_server("smtp://me:secret@mail.example"))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "http://me:secret@mail.example",
        "smtp://",
        "smtp://me:secret@",
        "smtp://me:secret@mail.example:port",
        "smtp://me:secret@mail.example:99999",
        "smtp://me:secret@mail.example/path",
        "smtp://me:secret@mail.example?starttls=maybe",
        "smtp://me:secret@mail.example?tls=1",
        "smtp://me:secret@mail.example?starttls",
        "smtps://me:secret@mail.example?starttls=required",
        "smtp://:secret@mail.example",
        "smtp://me:secret%C3%A4@mail.example",
        "smtp://[::1",
    ],
)
def test_what_is_no_address_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(
        BillingError, match=r"SMTP_URL cannot be used: .* Expected: smtp://user:password@host"
    ) as refused:
        smtp_server(url)
    assert "secret" not in str(refused.value)
    assert refused.value.exit_code == REFUSED
