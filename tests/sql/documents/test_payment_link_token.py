from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.given import Given

TOKEN = "select billing.payment_link_token(%s)"  # noqa: S105 - no password


def test_a_token_is_the_hmac_of_the_number(given: Given) -> None:
    key = given.value("select link_secret from billing.seller_profiles")
    assert isinstance(key, bytes)
    digest = hmac.digest(key, b"INV-2026-02-0001", hashlib.sha256)[:24]
    assert given.value(TOKEN, "INV-2026-02-0001") == base64.urlsafe_b64encode(digest).decode()


def test_tokens_are_stable_and_each_invoices_own(given: Given) -> None:
    tokens = [given.value(TOKEN, number) for number in ("INV-1", "INV-2", "INV-1")]
    assert tokens[0] == tokens[2] != tokens[1]
