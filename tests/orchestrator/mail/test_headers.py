from __future__ import annotations

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.mail.headers import MAIL_POLICY, MAX_NAME, header_text, mail_address

ADDRESS = "ap@mueller.example"
NAMES = [
    "Acme",
    'Müller, "Söhne" & Co; <x@y.example>',
    "Foo\r\nBcc: evil@x.example",
    "Foo\u2028Bcc: evil@x.example",
    'a"b\\c, d',
    "=?utf-8?q?a=0D=0ABcc:_evil=40x.example?=",
    "x@y.example, z@y.example",
    "(comment) Name",
    "\u202egnp.exe",
    "株式会社" * 50,
    ", ".join(["Very Long Name"] * 20),
    "A" * 200,
    "Ünïcode " * 30,
    "\ud800",
    "\0\x1b[31m",
]


def written(name: str) -> bytes:
    message = EmailMessage(policy=MAIL_POLICY)
    message["To"] = mail_address({"name": name, "address": ADDRESS})
    message["Subject"] = header_text(name)
    return message.as_bytes()


def check(name: str) -> None:
    source = written(name)
    head = source.removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert source.isascii()
    assert [line.split(b":")[0] for line in head if not line.startswith(b" ")] == [b"To", b"Subject"]
    assert all(len(line) <= 998 for line in head)
    read = message_from_bytes(source, policy=policy.default)
    assert [address.addr_spec for address in read["To"].addresses] == [ADDRESS]
    raw = str(message_from_bytes(source)["To"]).replace("\r\n", "")
    expected = header_text(name)[:MAX_NAME].strip()
    shown = str(make_header(decode_header(raw))).removesuffix(f"<{ADDRESS}>").removesuffix(ADDRESS).strip()
    assert shown.removeprefix('"').removesuffix('"').replace('\\"', '"').replace("\\\\", "\\") == expected.removeprefix(
        '"'
    ).removesuffix('"')


@pytest.mark.parametrize("name", NAMES)
def test_any_name_makes_one_recipient_and_no_further_header(name: str) -> None:
    check(name)


@given(st.text(st.characters(codec="utf-8"), max_size=250))
def test_no_text_at_all_makes_a_second_recipient_or_header(name: str) -> None:
    source = written(name)
    head = source.removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert [line.split(b":")[0] for line in head if not line.startswith(b" ")] == [b"To", b"Subject"]
    read = message_from_bytes(source, policy=policy.default)
    assert [address.addr_spec for address in read["To"].addresses] == [ADDRESS]


def test_encoded_words_keep_to_their_limit_and_to_whole_characters() -> None:
    words = [word for line in written("株式会社é𝔘" * 30).split(b"\r\n") for word in line.split() if b"=?" in word]
    assert len(words) > 5
    assert all(len(word) <= 75 for word in words)
    for word in words:
        ((content, charset),) = decode_header(word.decode())
        assert isinstance(content, bytes)
        assert charset == "utf-8"
        content.decode("utf-8")


def test_a_recipient_without_a_name_is_the_address_alone() -> None:
    assert b"To: ap@mueller.example\r\n" in written("")


@pytest.mark.parametrize(
    "address",
    [
        "",
        None,
        "nobody",
        "a@b@c.example",
        "a b@c.example",
        "a@c.example, d@e.example",
        "a@c.example\r\nBcc: d@e.example",
        "a@c.example\n",
        "<a@c.example>",
        "a@-c.example",
        "a..b@c.example",
        "ä@c.example",
        "a@c_d.example",
        f"{'a' * 250}@c.example",
        '"a b"@c.example',
    ],
)
def test_what_is_not_exactly_one_address_is_refused(address: str | None) -> None:
    with pytest.raises(ValueError, match="is not one e-mail address"):
        mail_address({"name": "x", "address": address})


@pytest.mark.parametrize("address", ["a@localhost", "first.last+tag@sub.example.co.uk", "o'neil@x.example"])
def test_ordinary_addresses_are_taken(address: str) -> None:
    assert mail_address({"name": "x", "address": address}).addr_spec == address


def test_a_long_subject_is_folded_between_words_and_reads_the_same() -> None:
    subject = "For review: invoice INV-2026-02-0048, USD 153.62 unpaid (Kestrel Laboratories and Sons Limited)"
    message = EmailMessage(policy=MAIL_POLICY)
    message["Subject"] = subject
    lines = message.as_bytes().split(b"\r\n")
    assert lines[0].startswith(b"Subject: For review")
    assert max(map(len, lines)) <= 78
    assert message_from_bytes(message.as_bytes(), policy=policy.default)["Subject"] == subject
