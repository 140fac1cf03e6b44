from __future__ import annotations

import os
import re
import subprocess
import sys
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.mail.message import TEMPLATES, Attachment, MailError, build_message
from orchestrator.resources import folder
from tests.orchestrator.mails import PAYMENT_URL, PORTAL_URL, mail

if TYPE_CHECKING:
    from email.message import EmailMessage

INVOICES = ["invoice_card", "invoice_transfer"]
TO_CUSTOMERS_UNPAID = ["invoice_transfer", "reminder", "urgent_notice", "update_payment_method"]
CARD: dict[str, object] = {"pays_by": "card", "due_on": None, "days_overdue": 0}
WITHOUT_GATEWAY: dict[str, object] = {"payment_url": None, "portal_url": None}
WAYS: list[dict[str, object]] = [
    {},
    WITHOUT_GATEWAY,
    CARD,
    CARD | {"failure_reason": "expired_card"},
    CARD | {"failure_reason": "expired_card", "portal_url": None},
    {"amount_due": "0.00", "settled_amount": "1312.91"},
    {"amount_due": "0.00", "charged_amount": "1312.91", "charged_on": "2026-03-01"},
]
PDF = Attachment(filename="INV-2026-02-0047.pdf", content=b"%PDF-1.7 content")


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return str(part.get_content())


class Visible(HTMLParser):
    """Collects the words, links and tags of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words += f" {data}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src", "background"}]


NO_DUE_DATE = {"credit_note", "invoice_card", "invoice_void", "update_payment_method"}


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_both_parts_of_every_message_name_number_amount_and_due_date(template: str) -> None:
    message = build_message(mail(template))
    amount = "1,000.00" if template == "payment_received" else "1,312.91"
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "INV-2026-02-0047" in part
        assert f"USD {amount}" in part
        assert ("31 March 2026" in part) == (template not in NO_DUE_DATE)
        assert "None" not in part
        assert "{" not in part
    assert "INV-2026-02-0047" in message["Subject"]
    assert f"USD {amount}" in message["Subject"]


def test_every_template_is_a_pair_and_every_pair_is_known() -> None:
    directory = folder("templates") / "mail"
    for suffix in (".html", ".txt"):
        stems = {path.stem for path in directory.glob(f"*{suffix}")}
        assert stems - {"base", "parts", "bank", "settled", "retry", "how_to_transfer", "kept"} == TEMPLATES


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_pages_load_nothing_and_run_nothing(template: str) -> None:
    page = Visible(html_of(build_message(mail(template))))
    assert not page.tags & {"img", "script", "link", "style", "iframe", "form", "object", "video"}
    assert not {name for name in page.attributes if name.startswith("on")}
    assert set(page.links) <= {PAYMENT_URL, PORTAL_URL, "mailto:billing@northgate.example"}


@pytest.mark.parametrize("template", TO_CUSTOMERS_UNPAID)
def test_who_has_to_pay_gets_the_direct_link_in_both_parts(template: str) -> None:
    message = build_message(mail(template))
    assert f"\n{PAYMENT_URL}\n" in text_of(message)
    assert PAYMENT_URL in Visible(html_of(message)).links


@pytest.mark.parametrize("template", ["invoice_transfer", "reminder", "urgent_notice"])
def test_who_pays_by_transfer_gets_account_and_reference(template: str) -> None:
    for part in (text_of(build_message(mail(template))), html_of(build_message(mail(template)))):
        assert "DE02 1203 0000 0000 2020 51" in part
        assert "BYLADEM1001" in part
        assert "Reference" in part


@pytest.mark.parametrize("template", ["reminder", "urgent_notice"])
def test_who_pays_by_card_gets_the_portal_and_no_account(template: str) -> None:
    message = build_message(mail(template, **CARD, failure_reason="expired_card"))
    for part in (text_of(message), html_of(message)):
        assert PORTAL_URL in part
        assert "IBAN" not in part
        assert "the card has expired" in part


def test_an_expired_card_leads_to_the_portal() -> None:
    message = build_message(mail("update_payment_method", failure_reason="expired_card"))
    assert f"\n{PORTAL_URL}\n" in text_of(message)
    assert PORTAL_URL in Visible(html_of(message)).links
    assert "the card has expired" in text_of(message)


@pytest.mark.parametrize("reason", ["lost_card", "stolen_card", "fraudulent", "something_new"])
def test_a_customer_is_not_told_that_the_card_was_reported(reason: str) -> None:
    message = build_message(mail("update_payment_method", failure_reason=reason))
    assert "the payment was declined" in text_of(message)
    assert reason.partition("_")[0] not in text_of(message) + html_of(message)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("stolen_card", "the bank declined the card: stolen card"),
        ("card_declined", "the bank declined the card"),
        ("authentication_required", "the bank asks the customer to confirm the payment"),
    ],
)
def test_finance_is_told_every_reason_in_words(code: str, words: str) -> None:
    message = build_message(mail("manual_review", failure_reason=code))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert words in part
        assert code not in part


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"refund_amount": "20.00", "amount_due": "0.00"}, "USD 20.00 goes back to your card"),
        ({"amount_due": "30.00"}, "USD 30.00 of the invoice is still open"),
        ({"amount_due": "0.00"}, "Nothing is left to pay on the invoice"),
        ({"amount_due": "0.00", "kept_amount": "12.00"}, "USD 12.00 is kept for you, and pays your next invoice"),
        ({"amount_due": "0.00", "others_amount": "8.00"}, "USD 8.00 pays other invoices of yours"),
    ],
)
def test_a_credit_note_says_where_the_money_goes_and_why(change: dict[str, object], words: str) -> None:
    message = build_message(mail("credit_note", document_number="CN-2026-03-0001", credit_reason="Outage", **change))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert words in " ".join(part.split())
        assert "INV-2026-02-0047" in part
        assert "Outage" in part


LATER = [
    ({"is_kept": True}, "USD 12.00{} is kept for you, and pays your next invoice"),
    (
        {"is_kept": False, "paid_out_amount": "12.00", "paid_out_on": "2026-03-12"},
        "USD 12.00{} became credit balance. USD 12.00 of your credit balance was paid out to you on 12 March 2026.",
    ),
    (
        {"is_kept": False, "credit_balance": "2.00"},
        "USD 12.00{} became credit balance. Your credit balance is USD 2.00 now, and pays your next invoice.",
    ),
]


@pytest.mark.parametrize(("change", "words"), LATER)
def test_a_letter_says_what_became_of_credit_balance(change: dict[str, object], words: str) -> None:
    amounts = {"amount_due": "0.00", "kept_amount": "12.00", "credit_amount": "12.00"}
    for template, of_it in (("credit_note", ""), ("payment_received", " of it")):
        message = build_message(mail(template, **amounts, **change))
        for part in (text_of(message), Visible(html_of(message)).words):
            assert words.format(of_it) in " ".join(part.split())
            assert ("is kept for you" in part) == bool(change["is_kept"])


def test_a_reminder_after_our_mistake_does_not_say_that_a_payment_is_missing() -> None:
    message = build_message(mail("reminder", mistaken_thanks={"amount": "40.00", "paid_on": "2026-03-10"}))
    for part in (text_of(message), html_of(message)):
        said = " ".join(part.split())
        assert "By mistake we thanked you for a payment of USD 40.00, received on 10 March 2026" in said
        assert "has not reached us" not in said


def test_a_letter_about_a_payment_that_was_booked_anew_replaces_the_first() -> None:
    message = build_message(mail("payment_received", is_replacing=True))
    for part in (text_of(message), html_of(message)):
        assert "this letter replaces our earlier one" in " ".join(part.split())


def test_a_review_greets_nobody_and_says_who_owes_what_and_what_to_do() -> None:
    message = build_message(mail("manual_review"))
    assert not text_of(message).startswith("Hello")
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "Müller & Söhne GmbH (account C-1)" in part
        assert "a new card ends the review by itself" in part


def test_a_review_of_a_failed_refund_does_not_call_the_invoice_unpaid() -> None:
    refund = {"review_reason": "expired card", "credit_note_number": "CN-2026-03-0001", "refund_amount": "30.00"}
    message = build_message(mail("manual_review", review="refund", amount_due="0.00", **refund))
    assert "refund of USD 30.00 for invoice INV-2026-02-0047 failed" in message["Subject"]
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "unpaid" not in part
        assert "expired card" in part
        assert "CN-2026-03-0001" in part


def test_a_review_of_a_payment_says_what_happened_to_it() -> None:
    message = build_message(mail("manual_review", review="payment", review_reason="50.00 EUR were refunded at Stripe"))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "50.00 EUR were refunded at Stripe" in part
        assert "every step" not in part


def test_a_task_of_dunning_says_what_to_do() -> None:
    message = build_message(mail("manual_review", review="task", review_reason="phone call"))
    assert message["Subject"].startswith("To do: phone call, invoice INV-2026-02-0047, USD")
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "To do: phone call." in part
        assert "every step" not in part


@pytest.mark.parametrize(
    ("retry_on", "words"), [(None, "Please update your payment method"), ("2026-03-08", "once more on 8 March 2026")]
)
@pytest.mark.parametrize("template", ["reminder", "urgent_notice"])
def test_after_a_decline_the_letter_says_what_happens_to_the_card(
    template: str, retry_on: str | None, words: str
) -> None:
    declined = CARD | {"failure_reason": "card_declined", "retry_on": retry_on}
    message = build_message(mail(template, **declined))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "could not charge your card" in part
        assert words in part
        assert "already on its way" not in part


def test_a_late_transfer_is_called_not_arrived() -> None:
    message = build_message(mail("reminder"))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "has not reached us yet" in part
        assert "card" not in part


def test_an_invoice_that_the_card_has_paid_says_so() -> None:
    message = build_message(mail("invoice_card", amount_due="0.00", charged_amount="1312.91", charged_on="2026-03-01"))
    assert message["Subject"] == "Invoice INV-2026-02-0047: USD 1,312.91, paid by card"
    for part in (text_of(message), Visible(html_of(message)).words):
        assert re.search(r"USD 1,312\.91 was charged\s+to your card on 1 March 2026", part)
        assert "nothing left to do" in part
        assert "To be charged" not in part
        assert "Due" not in part


def test_the_address_of_the_seller_has_its_region() -> None:
    message = build_message(mail())
    for part in (text_of(message), html_of(message)):
        assert "San Francisco, CA 94105" in part


@pytest.mark.parametrize("change", WAYS, ids=str)
@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_sentences_stand_apart_and_begin_with_a_capital(template: str, change: dict[str, object]) -> None:
    message = build_message(mail(template, **change))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert not re.search(r"[a-z0-9][.:,][A-Z]", part)
        assert not re.search(r"[.] [a-z]", part.replace("billing@northgate", ""))
    assert not re.search(r" [.,]", text_of(message))
    assert not re.search(r"Hello [^\n]*,\n\n[a-z]", text_of(message))


@pytest.mark.parametrize("template", sorted(TEMPLATES - {"manual_review"}))
def test_both_parts_greet_the_customer(template: str) -> None:
    message = build_message(mail(template))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "Hello Müller & Söhne GmbH," in part


@pytest.mark.parametrize("change", [{}, {"failure_reason": "expired_card"}], ids=str)
@pytest.mark.parametrize("template", sorted(TEMPLATES - {"invoice_card"}))
def test_nobody_is_sent_to_pay_online_where_that_is_impossible(template: str, change: dict[str, object]) -> None:
    message = build_message(mail(template, **WITHOUT_GATEWAY, **change))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert not re.search("online|pay now|another card|update|straight to", part.lower())


@pytest.mark.parametrize("template", ["invoice_transfer", "reminder", "urgent_notice"])
def test_without_an_account_nobody_is_asked_to_transfer(template: str) -> None:
    seller = mail()["seller"] | {"iban": None, "bic": None, "bank_name": None}
    for change in ({}, WITHOUT_GATEWAY):
        message = build_message(mail(template, seller=seller, **change))
        for part in (text_of(message), Visible(html_of(message)).words):
            assert "ransfer" not in part
            assert ("Please reply to this e-mail, and we tell you how to pay" in part) == bool(change)


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_a_card_has_no_due_date(template: str) -> None:
    message = build_message(mail(template, **CARD))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert not re.search(r"\bdue\b|31 March", part.lower())


def test_a_charge_to_come_is_announced_with_its_day() -> None:
    message = build_message(mail("invoice_card", **CARD))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "on or shortly after 1 March 2026" in " ".join(part.split())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "Please update your payment method"),
        ({"retry_on": "2026-03-08"}, "once more on 8 March 2026"),
        ({"portal_url": None}, "Please pay with another card"),
    ],
)
def test_an_invoice_whose_charge_failed_does_not_promise_one(change: dict[str, object], words: str) -> None:
    message = build_message(mail("invoice_card", **CARD, failure_reason="card_declined", **change))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "could not charge your card" in part
        assert words in " ".join(part.split())
        assert "nothing you need to do" not in part


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"total": "0.00"}, "for your records"),
        ({"total": "-5.00"}, "counts towards your other open invoices"),
        ({"settled_amount": "1312.91"}, "already settled by credit"),
    ],
)
@pytest.mark.parametrize("template", INVOICES)
def test_an_invoice_with_nothing_to_pay_says_why(template: str, change: dict[str, object], words: str) -> None:
    message = build_message(mail(template, amount_due="0.00", **change))
    assert message["Subject"].endswith(", nothing to pay")
    for part in (text_of(message), Visible(html_of(message)).words):
        assert words in " ".join(part.split())


@pytest.mark.parametrize("template", INVOICES)
def test_an_invoice_over_nothing_asks_for_nothing(template: str) -> None:
    message = build_message(mail(template, amount_due="0.00", total="0.00"))
    for part in (text_of(message), html_of(message)):
        assert "nothing to pay" in part
        assert "IBAN" not in part


def test_what_a_credit_paid_is_not_asked_for_again() -> None:
    message = build_message(mail("invoice_transfer", amount_due="312.91"))
    assert "USD 312.91 due 31 March 2026" in message["Subject"]
    assert "Still to pay    USD 312.91" in text_of(message)


def test_a_part_payment_says_what_is_still_open() -> None:
    assert "USD 312.91 of invoice" in text_of(build_message(mail("payment_received", amount_due="312.91")))
    assert "paid in full" in text_of(build_message(mail("payment_received", amount_due="0.00")))


PAID: dict[str, object] = {"invoice_number": "INV-2026-02-0047", "amount": "36.16", "amount_due": "0.00"}
PARTLY: dict[str, object] = {"invoice_number": "INV-2026-02-0048", "amount": "963.84", "amount_due": "52.16"}


def test_a_payment_of_several_invoices_lists_each_and_what_is_open_of_it() -> None:
    paid = [PAID | {"due_on": None, "payment_url": None}, PARTLY | {"due_on": "2026-03-31", "payment_url": PAYMENT_URL}]
    message = build_message(mail("payment_received", amount_due="0.00", paid_invoices=paid))
    assert message["Subject"] == "Payment received: USD 1,000.00 for invoice INV-2026-02-0047 and 1 more"
    for part in (text_of(message), Visible(html_of(message)).words):
        words = " ".join(part.split())
        assert "It paid 2 invoices" in words
        assert "Invoice INV-2026-02-0047 Of it paid USD 36.16 Still open USD 0.00" in words
        assert "INV-2026-02-0048 Of it paid USD 963.84 Still open USD 52.16 Due 31 March 2026" in words
        assert "in full" not in words
    assert f"INV-2026-02-0048 online:\n{PAYMENT_URL}\n" in text_of(message)


@pytest.mark.parametrize("days", [None, 0, -3])
def test_a_due_date_to_come_is_not_called_past(days: int | None) -> None:
    for template in ("reminder", "urgent_notice"):
        message = build_message(mail(template, days_overdue=days))
        for part in (text_of(message), html_of(message)):
            assert "It was due" not in part
            assert "after its due date" not in part


@pytest.mark.parametrize(
    ("template", "change", "words"),
    [
        ("invoice_void", {}, "INV-2026-02-0047 of 1 March 2026 for USD 1,312.91 has been void since 7 April 2026."),
        ("invoice_card", CARD, "USD 1,312.91 will be charged automatically to the card"),
        ("urgent_notice", WITHOUT_GATEWAY, "after its due date. Please transfer USD 1,312.91 with the reference"),
        ("manual_review", {"review": "refund", "refund_amount": "20.00", "review_reason": "no"}, "Refund USD 20.00"),
    ],
)
def test_letters_say_it_once_and_in_the_right_tense(template: str, change: dict[str, object], words: str) -> None:
    assert words in " ".join(text_of(build_message(mail(template, **change))).split())


def test_a_refund_is_among_the_facts_of_both_parts() -> None:
    fields = {"review": "refund", "review_reason": "no", "refund_amount": "20.00"}
    message = build_message(mail("manual_review", **fields))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert "Refund USD 20.00 Open amount" in " ".join(part.split())


def test_one_day_is_one_day() -> None:
    assert "1 day after" in text_of(build_message(mail("urgent_notice", days_overdue=1)))


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_without_links_account_or_due_date_the_message_is_still_whole(template: str) -> None:
    seller = mail()["seller"] | {"iban": None, "bic": None, "bank_name": None, "website": None}
    message = build_message(mail(template, payment_url=None, portal_url=None, due_on=None, seller=seller))
    for part in (text_of(message), html_of(message)):
        assert "None" not in part
        assert set(re.findall(r"http[^\s\"<]+", part)) <= {PAYMENT_URL}


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_names_are_written_as_they_are_never_as_markup(template: str) -> None:
    name = "<b>Bold</b> {{7*7}} &amp; \u202eevil"
    seller = mail()["seller"] | {"name": name}
    message = build_message(mail(template, to={"name": name, "address": "a@b.example"}, seller=seller))
    assert "b" not in Visible(html_of(message)).tags
    assert "<b>Bold</b> {{7*7}} &amp; evil" in text_of(message)
    assert "\u202e" not in text_of(message) + html_of(message)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x.example/\r\nBcc:", 'https://x.example/"onclick="', "ftp://x", "data:x"]
)
def test_only_web_addresses_become_links(url: str) -> None:
    with pytest.raises(MailError, match="one of its links is not a web address") as refused:
        build_message(mail(payment_url=url))
    assert url not in str(refused.value)


@pytest.mark.parametrize("change", [*WAYS, {"returned_on": "2026-09-30"}, {"total": "-5.00", "amount_due": "0.00"}])
@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_plain_text_fits_a_narrow_window(template: str, change: dict[str, object]) -> None:
    lines = text_of(build_message(mail(template, **change))).split("\n")
    assert max(len(line) for line in lines) <= 78
    assert not any(lines[i] == lines[i + 1] == "" for i in range(len(lines) - 2))


def test_headers_say_who_when_and_that_nobody_typed_it() -> None:
    message = build_message(mail())
    assert str(message["From"]) == '"Northgate API, Inc." <billing@northgate.example>'
    assert message["To"].addresses[0].addr_spec == "ap@mueller.example"
    assert message["Date"] == "Tue, 07 Apr 2026 08:00:00 +0000"
    assert message["Message-ID"] == "<invoice-47.reminder@northgate.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0"


def test_the_document_stands_beside_the_two_parts() -> None:
    description = mail("invoice_transfer", attachments=[{"filename": PDF.filename, "document_id": 7}])
    source = build_message(description, [PDF]).as_bytes()
    message = message_from_bytes(source, policy=policy.default)
    assert message.get_content_type() == "multipart/mixed"
    kinds = [part.get_content_type() for part in message.walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (PDF.filename, PDF.content)
    assert source.isascii()
    assert max(len(line) for line in source.split(b"\r\n")) <= 998
    assert b"\n" not in source.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    ("described", "given"),
    [([], [PDF]), (["INV-2026-02-0047.pdf"], []), (["INV-2026-02-0048.pdf"], [PDF])],
)
def test_an_invoice_goes_out_with_its_own_document_or_not_at_all(described: list[str], given: list[Attachment]) -> None:
    with pytest.raises(MailError, match="its attachments are"):
        build_message(mail("invoice_card", attachments=[{"filename": name} for name in described]), given)


@pytest.mark.parametrize("filename", ["../x.pdf", 'a"b.pdf', "a\r\nb.pdf", "", ".x", "x" * 200])
def test_a_file_name_that_steers_is_refused(filename: str) -> None:
    attachment = Attachment(filename=filename, content=b"")
    with pytest.raises(MailError, match="file name"):
        build_message(mail(attachments=[{"filename": filename}]), [attachment])


@pytest.mark.parametrize(
    "message_id", ["", "a@b", "<a b@c>", "<a@b>\r\nBcc: x", "<a@b> <c@d>", "<@b>", None, f"<{'a' * 200}@b>"]
)
def test_a_message_id_that_is_none_is_refused(message_id: str | None) -> None:
    with pytest.raises(MailError, match="Message-ID"):
        build_message(mail(message_id=message_id))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"template": "../print"}, "there is no template"),
        ({"template": "base"}, "there is no template"),
        ({"date": "2026-03-04T08:00:00"}, "no offset"),
        ({"date": "yesterday"}, "yesterday"),
        ({"amount_due": 312.91}, "exact decimal"),
        ({"amount_due": "312.911"}, "more than 2 decimals"),
        ({"to": {"name": "x", "address": "a@b.example\r\nBcc: c@d.example"}}, "not one e-mail address"),
        ({"to": None}, "name and an address"),
    ],
)
def test_a_wrong_description_is_one_sentence(change: dict[str, object], reason: str) -> None:
    with pytest.raises(MailError, match=rf"The e-mail <invoice-47\.reminder@northgate\.example> .*{reason}") as refused:
        build_message(mail() | change)
    assert isinstance(refused.value, BillingError)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("missing", ["amount_due", "seller", "payment_url", "attachments", "to"])
def test_a_missing_field_is_an_error_not_a_gap(missing: str) -> None:
    description = mail()
    del description[missing]
    with pytest.raises(MailError, match=missing):
        build_message(description)


def test_the_same_description_gives_the_same_bytes_in_every_process() -> None:
    description = mail("invoice_transfer", attachments=[{"filename": PDF.filename}])
    here = build_message(description, [PDF]).as_bytes()
    program = (
        "import sys; from tests.orchestrator.mail.test_message import PDF, build_message, mail;"
        "sys.stdout.buffer.write(build_message("
        "mail('invoice_transfer', attachments=[{'filename': PDF.filename}]), [PDF]).as_bytes())"
    )
    there = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=True,
    )
    assert there.stdout == here
    other = build_message(description | {"message_id": "<other@northgate.example>"}, [PDF]).as_bytes()
    assert re.search(rb'boundary="([^"]+)"', other) != re.search(rb'boundary="([^"]+)"', here)


@pytest.mark.parametrize(
    ("currency", "exponent", "amount", "shown"), [("JPY", 0, "12000", "JPY 12,000"), ("KWD", 3, "1.500", "KWD 1.500")]
)
def test_every_currency_has_its_own_decimals(currency: str, exponent: int, amount: str, shown: str) -> None:
    message = build_message(mail(currency=currency, exponent=exponent, amount_due=amount, total=amount))
    assert shown in text_of(message)


@pytest.mark.parametrize(
    ("template", "fields", "words"),
    [
        ("manual_review", {"review": "payment", "advice": "wrong_customer"}, "customers.csv with the right"),
        ("manual_review", {"review": "payment", "advice": "refused"}, "Ask the customer for a transfer"),
        ("manual_review", {"review": "payment", "advice": "dispute"}, "Answer the dispute"),
        ("manual_review", {"review": "payment", "advice": "dispute_lost"}, "nothing to answer"),
        ("manual_review", {"review": "payment"}, "ook at the payment at Stripe."),
        ("invoice_transfer", {"was_refused": True}, "We could not charge your card"),
        ("reminder", {"returned_on": "2026-03-11"}, "was returned by your bank on 11 March 2026"),
        ("payment_received", {"balance_amount": "15.60"}, "Credit balance"),
    ],
)
def test_a_letter_says_what_has_happened_to_the_money(template: str, fields: dict[str, object], words: str) -> None:
    message = build_message(mail(template, **({"review_reason": "a reason"} | fields)))
    for part in (text_of(message), Visible(html_of(message)).words):
        assert words in " ".join(part.split())
        assert "answer a dispute there" not in part
        assert "not reached us yet" not in part
