from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.collection import Collection

if TYPE_CHECKING:
    import psycopg

    from tests.given import Given
    from tests.sql.contract.conftest import Load

CUSTOMER = {
    "account_number": "1001",
    "name": "Delta Labs",
    "billing_email": "pay@delta.example",
    "country": "DE",
    "currency": "EUR",
    "collection_method": "send_invoice",
    "signed_up_on": "2026-01-05",
    "is_tax_id_valid": False,
}


def stored(database: psycopg.Connection) -> list[tuple[object, ...]]:
    return database.execute("select xmin::text, * from billing.customers order by customer_id").fetchall()


def test_the_same_row_again_touches_nothing(load: Load, database: psycopg.Connection) -> None:
    assert load("load_customers", CUSTOMER) == ([1, 0, 0, 0], [])
    before = stored(database)
    assert load("load_customers", CUSTOMER) == ([0, 0, 1, 0], [])
    assert stored(database) == before


def test_a_changed_row_is_changed_and_says_when(load: Load, database: psycopg.Connection) -> None:
    load("load_customers", CUSTOMER)
    assert load("load_customers", CUSTOMER | {"city": "Bonn"})[0] == [0, 1, 0, 0]
    assert database.execute("select city, updated_at > created_at from billing.customers").fetchone() == ("Bonn", True)


def test_new_customers_are_stored_in_the_order_of_their_accounts(load: Load, database: psycopg.Connection) -> None:
    load("load_customers", *(CUSTOMER | {"account_number": number} for number in ("B", "C", "A")))
    accounts = database.execute("select account_number from billing.customers order by customer_id").fetchall()
    assert accounts == [("A",), ("B",), ("C",)]


def test_a_new_column_of_the_table_is_loaded_and_exported_without_a_word(
    load: Load, database: psycopg.Connection
) -> None:
    database.execute("alter table billing.customers add column note text")
    assert load("load_customers", CUSTOMER | {"note": "early"}) == ([1, 0, 0, 0], [])
    assert load("load_customers", CUSTOMER | {"note": "late"}) == ([0, 1, 0, 0], [])
    assert load("load_customers", CUSTOMER | {"note": "late"}) == ([0, 0, 1, 0], [])
    assert load("load_customers", CUSTOMER | {"note": "x" * 201})[1] == [
        (2, "note", "text of at most 200 characters without control characters")
    ]
    assert database.execute("select fields ->> 'note' from billing.catalog_rows()").fetchall() == [("late",)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("account_number", None),
        ("name", "x" * 201),
        ("name", "two\nlines"),
        ("billing_email", "no-at.example"),
        ("billing_email", "a@b@c.example"),
        ("billing_email", "a@b.example\nBcc: all@b.example"),
        ("billing_email", "a@b.example, c@d.example"),
        ("billing_email", "ünï@b.example"),
        ("country", "XX"),
        ("country", "de"),
        ("currency", "EURO"),
        ("currency", None),
        ("collection_method", "cheque"),
        ("signed_up_on", "2026-02-29"),
        ("signed_up_on", "05.01.2026"),
        ("city", "a\tb"),
    ],
)
def test_a_bad_value_is_named_by_line_and_column(load: Load, column: str, value: str | None) -> None:
    counts, problems = load("load_customers", CUSTOMER | {"account_number": "1000"}, CUSTOMER | {column: value})
    assert counts == [0, 0, 0, 1]
    assert [(line, name) for line, name, _ in problems] == [(3, column)]


def test_nothing_of_a_bad_file_is_loaded(load: Load, database: psycopg.Connection) -> None:
    load("load_customers", CUSTOMER, CUSTOMER | {"account_number": "1002", "currency": "EURO"})
    assert stored(database) == []


def test_skipping_bad_rows_loads_the_others(load: Load, database: psycopg.Connection) -> None:
    bad = CUSTOMER | {"account_number": "1002", "currency": "EURO"}
    assert load("load_customers", CUSTOMER, bad, skip_bad=True)[0] == [1, 0, 0, 1]
    assert database.execute("select account_number from billing.customers").fetchall() == [("1001",)]


def test_an_account_twice_is_a_problem_only_if_the_rows_differ(load: Load) -> None:
    assert load("load_customers", CUSTOMER, CUSTOMER) == ([1, 0, 0, 0], [])
    counts, problems = load("load_customers", CUSTOMER, CUSTOMER | {"city": "Bonn"})
    assert counts[3] == 1
    assert problems == [(3, "account_number", "no other row for it than line 2")]


def test_the_currency_of_a_customer_with_subscriptions_stands(load: Load, given: Given) -> None:
    load("load_customers", CUSTOMER)
    assert load("load_customers", CUSTOMER | {"currency": "USD"})[0] == [0, 1, 0, 0]
    customer = given.value("select customer_id from billing.customers")
    given.subscription(int(str(customer)), given.flat_plan(currency="USD"))
    counts, problems = load("load_customers", CUSTOMER)
    assert counts[3] == 1
    assert problems == [(2, "currency", "USD as before: the customer has subscriptions or invoices")]


def test_an_empty_stripe_id_does_not_forget_the_stored_one(load: Load, database: psycopg.Connection) -> None:
    load("load_customers", CUSTOMER | {"stripe_payment_method_id": "pm_1"})
    load("load_customers", CUSTOMER)
    assert database.execute("select stripe_payment_method_id from billing.customers").fetchone() == ("pm_1",)


@pytest.mark.parametrize("column", ["account_number", "region"])
@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("A-1\u200b", "U+200B"),
        ("A\u00a01", "U+00A0"),
        ("A\u00ad1", "U+00AD"),
        ("\ufeffA", "U+FEFF"),
        ("A\U000e0020", "U+E0020"),
    ],
)
def test_a_code_that_looks_like_another_is_refused_by_its_character(
    load: Load, column: str, code: str, name: str
) -> None:
    _, problems = load("load_customers", CUSTOMER | {column: code})
    assert problems == [(2, column, f"a code without the invisible character {name}")]


def test_a_composed_code_and_any_name_are_taken(load: Load) -> None:
    names = {"account_number": "K\u00f6ln 1", "name": "Ko\u0308ln \u200d GmbH"}
    assert load("load_customers", CUSTOMER | names) == ([1, 0, 0, 0], [])
    assert load("load_customers", CUSTOMER | {"account_number": "Ko\u0308ln 1"})[1] == [
        (2, "account_number", "a code in composed letters (Unicode NFC)")
    ]


def test_kosovo_is_a_country_outside_the_union(load: Load, given: Given) -> None:
    assert load("load_customers", CUSTOMER | {"country": "XK"})[0] == [1, 0, 0, 0]
    assert given.value("select is_eu_member from billing.countries where country = 'XK'") is False


def card(database: psycopg.Connection) -> object:
    return database.execute("select stripe_customer_id, stripe_payment_method_id from billing.customers").fetchone()


def renew(database: psycopg.Connection, card_id: str) -> None:
    """As the portal does."""
    database.execute(
        "select billing.store_payment_method(customer_id, stripe_customer_id, %s, '2026-03-02') from billing.customers",
        (card_id,),
    )


@pytest.mark.parametrize("between", [{}, {"stripe_payment_method_id": None}, {"stripe_customer_id": None}])
def test_a_card_that_was_renewed_since_the_file_said_another_stays(
    load: Load, database: psycopg.Connection, between: dict[str, str | None]
) -> None:
    row = CUSTOMER | {"stripe_customer_id": "cus_1", "stripe_payment_method_id": "pm_old"}
    load("load_customers", row)
    renew(database, "pm_new")
    load("load_customers", row | between)
    assert load("load_customers", row) == ([0, 0, 1, 0], [])
    assert card(database) == ("cus_1", "pm_new")


def test_a_card_that_is_new_in_the_file_is_taken_also_after_a_renewal(load: Load, database: psycopg.Connection) -> None:
    row = CUSTOMER | {"stripe_customer_id": "cus_1", "stripe_payment_method_id": "pm_old"}
    load("load_customers", row)
    renew(database, "pm_new")
    assert load("load_customers", row | {"stripe_payment_method_id": "pm_newest"})[0] == [0, 1, 0, 0]
    assert card(database) == ("cus_1", "pm_newest")


def test_with_another_customer_of_stripe_comes_the_card_of_the_file(load: Load, database: psycopg.Connection) -> None:
    row = CUSTOMER | {"stripe_customer_id": "cus_1", "stripe_payment_method_id": "pm_old"}
    load("load_customers", row)
    renew(database, "pm_new")
    load("load_customers", row | {"stripe_customer_id": "cus_2"})
    assert card(database) == ("cus_2", "pm_old")


def test_a_file_that_names_the_renewed_card_changes_nothing_and_is_remembered(
    load: Load, database: psycopg.Connection
) -> None:
    row = CUSTOMER | {"stripe_customer_id": "cus_1", "stripe_payment_method_id": "pm_old"}
    load("load_customers", row)
    renew(database, "pm_new")
    assert load("load_customers", row | {"stripe_payment_method_id": "pm_new"})[0] == [0, 0, 1, 0]
    renew(database, "pm_newest")
    assert load("load_customers", row | {"stripe_payment_method_id": "pm_new"})[0] == [0, 0, 1, 0]
    assert card(database) == ("cus_1", "pm_newest")


@pytest.mark.parametrize("column", ["stripe_customer_id", "stripe_payment_method_id"])
@pytest.mark.parametrize("reason", ["customer_missing", "invalid_request", "expired_card", "no_payment_method"])
def test_new_ids_charge_what_the_old_ones_failed_to_pay(
    load: Load, database: psycopg.Connection, column: str, reason: str
) -> None:
    given = Collection(database)
    bill = given.issued("100.00", method="charge_automatically")
    given.charge(bill, declined=reason)
    stored = CUSTOMER | {
        name: given.value(f"select {name} from billing.customers")
        for name in ("account_number", "collection_method", "stripe_customer_id", "stripe_payment_method_id")
    }
    load("load_customers", stored)
    attempts = "select count(*) from billing.payment_attempts where state = 'scheduled'"
    assert given.value(attempts) == 0
    for _ in range(2):
        load("load_customers", stored | {column: "right"})
        assert given.value(attempts) == 1
    given.charge(bill)
    assert given.status(bill) == "paid"
