from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.mail.headers import mail_address

if TYPE_CHECKING:
    import psycopg


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example",
        "first.last+tag@mail.sub-domain.example",
        "o'hara_{x}@b.example",
        "root@localhost",
        "a@1.2.example",
        "ünï@b.example",
        "a@bücher.example",
        ".a@b.example",
        "a.@b.example",
        "a..b@b.example",
        "a@b..example",
        "a@-b.example",
        "a@b-.example",
        "a@b_c.example",
        "a@b.example.",
        "a@b@c.example",
        "a@b.example\n",
        "a@b.example\nBcc: c@d.example",
        'a"b@c.example',
        "a b@c.example",
        "a@[127.0.0.1]",
        "@b.example",
        "a@",
        "",
        f"{'a' * 242}@b.example",
        f"{'a' * 244}@b.example",
        f"a@{'b' * 63}.example",
        f"a@{'b' * 64}.example",
    ],
)
def test_what_is_loaded_is_what_the_mailer_takes(database: psycopg.Connection, address: str) -> None:
    try:
        is_taken = bool(mail_address({"name": "x", "address": address}))
    except ValueError:
        is_taken = False
    assert database.execute("select billing.is_email(%s)", (address,)).fetchone() == (is_taken,)
