from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx
import pytest

from orchestrator.web.payments_pages import PaymentPages
from tests.collection import Collection
from tests.orchestrator.web.served import RecordedPayments, Secrets, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from orchestrator.config import Settings
    from tests.collection import Bill
    from tests.orchestrator.web.served import Served

OPEN, PARTLY_PAID, PAID = "INV-2026-02-0028", "INV-2025-12-0063", "INV-2026-02-0001"
TOO_MANY = 429


@pytest.fixture
def fresh(served: Served) -> Iterator[Served]:
    """Another server over the same story, with limits that nobody has used up."""
    with serving(served.settings, served.secrets, RecordedPayments()) as running:
        yield running


def show(served: Served, number: str, rest: str = "") -> httpx.Response:
    with served.client() as client:
        return client.get(f"/i/{served.link_token(number)}{rest}")


def test_the_page_shows_the_invoice_and_what_is_left_to_pay(served: Served) -> None:
    page = show(served, PARTLY_PAID)
    assert page.status_code == 200
    text = re.sub(r"<[^>]+>", "", page.text)
    for shown in (PARTLY_PAID, "Northgate API, Inc.", "Overdue", "$246.00", "USD 668.38", "422.38", "31 January 2026"):
        assert shown in text


def test_the_page_names_no_other_customer_and_no_other_invoice(served: Served) -> None:
    text = show(served, OPEN).text
    assert set(re.findall(r"INV-\d{4}-\d{2}-\d{4}", text)) == {OPEN}
    names = served.value("select string_agg(name, '|') from billing.customers where account_number <> '1028'")
    others = {name for name in str(names).split("|") if name in text}
    own = served.value("select customer_snapshot ->> 'name' from billing.invoices where invoice_number = %s", OPEN)
    assert others <= {own}


def test_nobody_keeps_or_indexes_the_page(served: Served) -> None:
    page = show(served, OPEN)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert '<meta name="robots" content="noindex' in page.text


def test_the_pdf_comes_with_the_link(served: Served) -> None:
    pdf = show(served, OPEN, "/invoice.pdf")
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


def test_paying_leads_to_the_checkout_with_what_is_outstanding(served: Served) -> None:
    with served.client() as client:
        answer = client.post(f"/i/{served.link_token(PARTLY_PAID)}/pay")
    *_, order = [order for order in served.payments.orders if order.invoice_number == PARTLY_PAID]
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"https://checkout.example/{order.idempotency_key}",
    )
    assert (order.amount, order.currency) == (24600, "usd")
    assert order.page_url.startswith("https://pay.example/i/")


def test_paying_twice_is_the_same_checkout(served: Served) -> None:
    with served.client() as client:
        pages = [client.post(f"/i/{served.link_token(OPEN)}/pay").headers["location"] for _ in range(2)]
    assert pages[0] == pages[1]
    assert served.payments.ended == []


def test_a_paid_invoice_cannot_be_paid_again(served: Served) -> None:
    before = len(served.payments.orders)
    assert "Pay now" not in show(served, PAID).text
    with served.client() as client:
        answer = client.post(f"/i/{served.link_token(PAID)}/pay")
    assert answer.headers["location"].startswith("/i/")
    assert len(served.payments.orders) == before


def test_a_charge_under_way_hides_the_button(fresh: Served) -> None:
    with fresh.sql() as connection:
        connection.execute(
            """
            insert into billing.payment_attempts (
                invoice_id, attempt, idempotency_key, cause, scheduled_on, amount, state, sent_at
            )
            select invoice_id, 99, 'under way', 'issue', '2026-03-15', 1, 'unknown', now()
            from billing.invoices where invoice_number = %s
            """,
            (OPEN,),
        )
        try:
            page = show(fresh, OPEN).text
        finally:
            connection.execute("delete from billing.payment_attempts where idempotency_key = 'under way'")
    assert "Pay now" not in page
    assert "on its way" in page


def test_without_a_gateway_there_is_no_button() -> None:
    pages = PaymentPages(None, None, None, public_url="")  # type: ignore[arg-type] # asks nothing of the database
    invoice: dict[str, object] = {
        "status": "issued",
        "is_processing": False,
        "is_charged_again": False,
        "stripe_amount": 100,
    }
    assert not pages._can_pay_online(invoice)  # noqa: SLF001 - the rule under test


def test_another_site_cannot_start_a_payment(served: Served) -> None:
    with served.client() as client:
        path = f"/i/{served.link_token(OPEN)}/pay"
        assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_links_that_lead_nowhere_all_look_the_same_and_are_counted(fresh: Served) -> None:
    good = fresh.link_token(OPEN)
    wrong = [good[:-1], good + "A", good[:-1] + ("A" if good[-1] != "A" else "B"), OPEN, "%00", "..%2f", "x" * 3000]
    with fresh.client() as client:
        answers = [client.get(f"/i/{token}") for token in wrong]
        pages = {answer.text for answer in answers if answer.url.path.count("/") == 2}
        assert {answer.status_code for answer in answers} == {404}
        assert len(pages) == 1
        codes = [client.get(f"/i/{'A' * 32}").status_code for _ in range(10)]
    assert codes[-1] == TOO_MANY


def test_links_that_were_forgotten_are_found_again(fresh: Served) -> None:
    with fresh.sql() as connection:
        connection.execute("delete from billing.payment_links")
    assert show(fresh, OPEN).status_code == 200
    assert fresh.value("select count(*) from billing.payment_links") == fresh.value(
        "select count(*) from billing.invoices where invoice_number is not null"
    )


@pytest.mark.parametrize("wrong", ["A" * 32, "short"])
def test_wrong_links_of_others_lock_nobody_out(fresh: Served, wrong: str) -> None:
    codes = []
    for last in range(1, 9):
        transport = httpx.HTTPTransport(local_address=f"127.0.0.{last}")
        with httpx.Client(base_url=fresh.address, transport=transport, timeout=20) as client:
            codes += [client.get(f"/i/{wrong}").status_code for _ in range(12)]
    assert codes.count(TOO_MANY) == 2 * 8
    assert show(fresh, OPEN).status_code == 200


def test_a_customer_who_pays_too_often_stops_no_other(fresh: Served) -> None:
    with fresh.client() as client:
        codes = [client.post(f"/i/{fresh.link_token(OPEN)}/pay").status_code for _ in range(11)]
        other = client.post(f"/i/{fresh.link_token(PAID)}/pay")
    assert (codes[-1], other.status_code) == (TOO_MANY, 303)


def test_errors_of_customers_say_nothing_about_the_server(fresh: Served) -> None:
    path = f"/i/{fresh.link_token(OPEN)}"
    with fresh.client() as client:
        client.headers["Accept"] = "text/html"
        pages = [client.get(f"/i/{'A' * 32}") for _ in range(12)]
        pages += [
            client.get(f"{path}/nowhere"),
            client.delete(f"{path}/pay"),
            client.get(f"{path}/credit-notes/CN-2026-0001.pdf"),
            client.post(f"{path}/pay", headers={"Sec-Fetch-Site": "cross-site"}),
        ]
    assert {page.status_code for page in pages} == {403, 404, 405, TOO_MANY}
    for page in pages:
        assert page.headers["content-type"].startswith("text/html")
        assert not re.search("billing|dashboard|database|server|log in", page.text.lower())
    assert int(pages[11].headers["retry-after"]) > 0


@dataclass(kw_only=True)
class Credited:
    """A server over a database of its own, in which credit notes are written."""

    served: Served
    given: Collection

    def words(self, bill: Bill, query: str = "") -> str:
        text = show(self.served, bill.number, query).text
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@pytest.fixture
def credited(settings: Settings, database: psycopg.Connection) -> Iterator[Credited]:
    with serving(settings, Secrets(token="", password=""), RecordedPayments()) as running:
        yield Credited(served=running, given=Collection(database))


def test_nobody_is_thanked_for_money_that_never_came(credited: Credited) -> None:
    bill = credited.given.issued("99.00")
    note = credited.given.credited(bill)
    words = credited.words(bill)
    assert "Credited in full" in words
    assert re.search(rf"Credited by {note} on 12 March 2026 99.00", words)
    assert not re.search("Thank|Paid|Pay now|Still open", words)


def test_a_name_is_text_and_no_markup(credited: Credited) -> None:
    customer = credited.given.customer("A")
    credited.given.connection.execute("update billing.customers set name = '<b>Bold</b> & \"Sons\"'")
    credited.given.subscription(customer, credited.given.flat_plan())
    bill = credited.given.billed(customer)
    text = show(credited.served, bill.number).text
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; &#34;Sons&#34;" in text
    assert "<b>Bold" not in text


def test_paid_and_credited_are_shown_apart(credited: Credited) -> None:
    bill = credited.given.issued("99.00")
    credited.given.paid_by_hand(bill, "40.00")
    note = credited.given.credited(bill, "9.00")
    words = credited.words(bill)
    assert re.search(rf"Paid 40.00 Credited by {note} on 12 March 2026 9.00 Still open EUR 50.00", words)
    credited.given.paid_by_hand(bill, "50.00", on="2026-03-14")
    words = credited.words(bill)
    assert re.search(
        rf"Settled on 14 March 2026. Thank you.* Paid 90.00 Credited by {note} on 12 March 2026 9.00", words
    )
    assert "Still open" not in words


def test_the_credit_note_comes_with_the_link_of_its_invoice_only(credited: Credited) -> None:
    bill = credited.given.issued("99.00")
    other = credited.given.issued("50.00", on="2026-03-02", period="2026-01")
    note = credited.given.credited(bill)
    assert f"/credit-notes/{note}.pdf" not in show(credited.served, bill.number).text
    credited.given.deliver()
    assert f"/credit-notes/{note}.pdf" in show(credited.served, bill.number).text
    paper = show(credited.served, bill.number, f"/credit-notes/{note}.pdf")
    assert (paper.headers["content-type"], paper.content[:4]) == ("application/pdf", b"%PDF")
    assert show(credited.served, other.number, f"/credit-notes/{note}.pdf").status_code == 404
    assert show(credited.served, bill.number, f"/credit-notes/{other.number}.pdf").status_code == 404


def test_what_the_card_is_charged_is_not_asked_for_by_transfer(credited: Credited) -> None:
    bill = credited.given.issued("99.00", method="charge_automatically")
    words = credited.words(bill)
    assert "Charged to your card on or shortly after 1 March 2026" in words
    assert "Nothing is to be done" in words
    assert not re.search("IBAN|Due|Overdue|Pay now", words)


def test_after_the_charge_failed_every_way_to_pay_is_open_and_no_day_is_due(credited: Credited) -> None:
    bill = credited.given.issued("99.00", method="charge_automatically")
    credited.given.charge(bill, declined="expired_card")
    words = credited.words(bill)
    assert re.search("Not paid.*could not be charged.*Pay now.*IBAN", words)
    assert not re.search("Due|due on|31 March|Overdue", words)


NEW_CARD = "select billing.store_payment_method(%s, 'cus_1', 'pm_new', '2026-03-10')"


@pytest.mark.parametrize("reason", ["expired_card", "insufficient_funds", "customer_missing"])
def test_who_saved_a_new_card_is_told_of_its_charge_and_offered_no_second_way_to_pay(
    credited: Credited, reason: str
) -> None:
    bill = credited.given.issued("99.00", method="charge_automatically")
    credited.given.charge(bill, declined=reason)
    credited.given.value(NEW_CARD, bill.customer)
    words = credited.words(bill)
    assert "Charged to your card on or shortly after 10 March 2026" in words
    assert "Your card will be charged. Nothing is to be done; please do not pay another way." in words
    assert not re.search("could not be charged|IBAN|Due|Overdue|Pay now|Pay with another|Not paid", words)
    with credited.served.client() as client:
        answer = client.post(f"/i/{credited.served.link_token(bill.number)}/pay")
    assert (answer.headers["location"].startswith("/i/"), credited.served.payments.orders) == (True, [])


def test_who_has_just_paid_is_asked_for_nothing_while_it_is_confirmed(credited: Credited) -> None:
    bill = credited.given.issued("99.00", method="charge_automatically")
    credited.given.charge(bill, declined="expired_card")
    words = credited.words(bill, "?from=thanks")
    assert "Your payment is being confirmed" in words
    assert not re.search("could not be charged|IBAN|Pay now|Not paid (?!after all)", words)
    assert "Pay now" in credited.words(bill)


def test_without_a_gateway_a_card_customer_is_asked_to_transfer(
    settings: Settings, database: psycopg.Connection
) -> None:
    with serving(settings, Secrets(token="", password=""), RecordedPayments(is_there=False)) as running:
        given = Credited(served=running, given=Collection(database))
        words = given.words(given.given.issued("99.00", method="charge_automatically"))
    assert re.search("Due on 31 March 2026.*IBAN", words)
    assert not re.search("card|Pay now", words)


@pytest.mark.parametrize(("country", "tax"), [("FR", "Reverse charge 0% 0.00"), ("US", "No tax charged 0.00")])
def test_the_page_names_the_tax(credited: Credited, country: str, tax: str) -> None:
    customer = credited.given.customer(country=country, valid_tax_id="FR40303265045" if country == "FR" else None)
    credited.given.subscription(customer, credited.given.flat_plan("99.00"))
    assert tax in credited.words(credited.given.billed(customer))


def test_a_page_for_another_amount_replaces_the_one_before(credited: Credited) -> None:
    bill = credited.given.issued("99.00")
    path = f"/i/{credited.served.link_token(bill.number)}/pay"
    with credited.served.client() as client:
        first = client.post(path).headers["location"]
        credited.given.paid_by_hand(bill, "9.00")
        second = client.post(path).headers["location"]
    assert [first, second] == [f"https://checkout.example/{bill.number.lower()}-checkout-{one}" for one in (1, 2)]
    assert credited.served.payments.ended == [f"{bill.number.lower()}-checkout-1"]
    assert [order.amount for order in credited.served.payments.orders] == [9900, 9000]


def test_without_the_other_side_nothing_is_lost(credited: Credited) -> None:
    bill = credited.given.issued("99.00")
    credited.served.payments.is_down = True
    with credited.served.client() as client:
        answer = client.post(f"/i/{credited.served.link_token(bill.number)}/pay")
        assert answer.status_code == 502
        assert "Nothing was charged" in answer.text
        credited.served.payments.is_down = False
        assert client.post(f"/i/{credited.served.link_token(bill.number)}/pay").status_code == 303
    assert [order.idempotency_key for order in credited.served.payments.orders] == [f"{bill.number.lower()}-checkout-1"]


def test_what_stripe_refuses_for_good_is_said_so_and_asked_anew_once_it_is_mended(credited: Credited) -> None:
    bill = credited.given.issued("99.00")
    path = f"/i/{credited.served.link_token(bill.number)}/pay"
    credited.served.payments.is_refused = True
    with credited.served.client() as client:
        answer = client.post(path)
        assert answer.status_code == 409
        assert "cannot be paid online at the moment" in answer.text
        credited.served.payments.is_refused = False
        assert client.post(path).status_code == 303
    assert [order.idempotency_key for order in credited.served.payments.orders] == [f"{bill.number.lower()}-checkout-2"]
