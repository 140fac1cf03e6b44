from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.given import Given

Told = tuple[int | None, str | None, str]


class Warn(Protocol):
    """Loads rows, the first on line 2, on a business date; gives line, column and text of the warnings."""

    def __call__(self, function: str, *rows: Mapping[str, object], on: str = "2026-03-05") -> list[Told]: ...


@pytest.fixture
def warn(given: Given) -> Warn:
    def call(function: str, *rows: Mapping[str, object], on: str = "2026-03-05") -> list[Told]:
        database = given.connection
        with database.transaction():
            database.execute("select set_config('billing.as_of', %s, true)", (on,))
            database.execute("select billing.begin_file()")
            for line, row in enumerate(rows, start=2):
                fields = {name: value for name, value in row.items() if value is not None}
                database.execute(
                    "insert into pg_temp.incoming_rows (line, fields) values (%s, %s)", (line, Jsonb(fields))
                )
            database.execute(f"select billing.{function}(false)".encode())
            assert database.execute("select expected from billing.file_problems()").fetchall() == []
            query = "select line, column_name, warning from billing.load_warnings(billing.reporting_date())"
            return database.execute(query.encode()).fetchall()

    return call


def row(
    account: str = "A", plan: str = "ten", starts: str = "2026-01-01", ends: str | None = None
) -> dict[str, object]:
    return {"account_number": account, "plan_code": plan, "starts_on": starts, "ends_on": ends}


RATE: dict[str, object] = {"country": "SE", "name": "VAT 25%", "rate": "0.25", "valid_from": "2020-01-01"}
ROW: dict[str, object] = {
    "account_number": "M",
    "name": "Customer M",
    "billing_email": "m@customer.example",
    "country": "FR",
    "is_tax_id_valid": False,
    "currency": "EUR",
    "collection_method": "send_invoice",
    "signed_up_on": "2020-01-01",
}


class TestSubscriptions:
    @pytest.fixture(autouse=True)
    def catalog(self, given: Given) -> None:
        given.tax_rate()
        given.customer("A")
        given.flat_plan("10.00", code="ten")
        given.flat_plan("11.00", code="eleven")

    def test_a_flat_plan_already_billed_names_the_row_that_should_have_ended(self, warn: Warn) -> None:
        (told,) = warn("load_subscriptions", row(), row(starts="2026-01-15"), row(plan="eleven"))
        assert told[:2] == (3, "starts_on")
        assert told[2].startswith(
            "account A has ten already from 2026-01-01 until further notice, and both are billed."
        )

    def test_a_stored_row_counts_as_well_until_it_is_ended_or_taken_back(self, warn: Warn) -> None:
        assert warn("load_subscriptions", row()) == []
        assert [line for line, _, _ in warn("load_subscriptions", row(starts="2026-01-15"))] == [2]
        assert [line for line, _, _ in warn("load_subscriptions", row(starts="2026-01-15"))] == [2]
        assert warn("load_subscriptions", row(ends="2026-01-15"), row(starts="2026-01-15")) == []
        assert warn("load_subscriptions", row(ends="2026-01-01"), row(starts="2026-01-15")) == []

    @pytest.mark.parametrize("last", ["2026-01-31", "2026-02-28", "2028-02-29", "2026-12-31"])
    def test_an_end_on_the_last_day_of_a_month_is_told_once(self, warn: Warn, last: str) -> None:
        (told,) = warn("load_subscriptions", row(ends=last))
        assert told[:2] == (2, "ends_on")
        assert told[2].startswith("the first day that is not billed; if it is the last that is, write 202")
        assert warn("load_subscriptions", row(ends=last)) == []

    @pytest.mark.parametrize("ends", ["2026-02-01", "2026-02-27", "2028-02-28", None])
    def test_another_end_is_not(self, warn: Warn, ends: str | None) -> None:
        assert warn("load_subscriptions", row(ends=ends)) == []

    def test_a_row_taken_back_on_such_a_day_is_none(self, warn: Warn) -> None:
        assert warn("load_subscriptions", row(starts="2026-01-31", ends="2026-01-31")) == []


class TestTax:
    @pytest.fixture(autouse=True)
    def catalog(self, given: Given) -> None:
        given.subscription(given.customer("S", country="SE"), given.flat_plan(code="ten"), starts="2026-01-01")

    def test_a_rate_that_ends_before_what_is_billed_next_is_told(self, warn: Warn) -> None:
        ended = RATE | {"valid_to": "2026-04-01"}
        reason = (
            "1 customer (S): billed without tax, because the rate VAT 25% of SE is valid until 2026-04-01 only, and"
        )
        assert warn("load_tax_rates", ended, on="2026-02-28") == []
        assert [text.startswith(reason) for _, _, text in warn("load_tax_rates", ended, on="2026-03-01")] == [True]
        assert [text.startswith(reason) for _, _, text in warn("load_tax_rates", ended, on="2026-11-30")] == [True]

    def test_a_rate_that_follows_ends_it(self, warn: Warn) -> None:
        follows = RATE | {"valid_from": "2026-04-01", "rate": "0.26"}
        assert warn("load_tax_rates", RATE | {"valid_to": "2026-04-01"}, follows, on="2026-11-30") == []

    def test_a_month_that_is_over_is_judged_until_it_is_run(self, warn: Warn, given: Given) -> None:
        given.connection.execute("update billing.subscription_phases set ends_on = '2026-02-15'")
        late = RATE | {"valid_from": "2026-03-01"}
        assert [text for _, _, text in warn("load_tax_rates", late, on="2026-11-30")] == [
            "1 customer (S): billed without tax, because no rate of SE is valid on 2026-02-28"
        ]
        given.run("2026-02")
        assert warn("load_tax_rates", late, on="2026-11-30") == []

    def test_customers_are_counted_by_reason_and_the_first_named(self, warn: Warn, given: Given) -> None:
        for number in range(10, 16):
            given.subscription(given.customer(str(number), country="US", region="ny"), given.flat_plan())
        new_york = RATE | {"country": "US", "region": "NY"}
        assert [text for _, _, text in warn("load_tax_rates", RATE, new_york)] == [
            "6 customers (10, 11, 12, 13, 14, …): the rates of US are for regions written as NY, not 'ny'"
        ]

    def test_a_customer_of_the_own_country_without_a_region_is_told_where_rates_are_by_region(
        self, warn: Warn, given: Given
    ) -> None:
        given.seller(country="US")
        given.customer("U", country="US")
        new_york = RATE | {"country": "US", "region": "NY"}
        assert [text for _, _, text in warn("load_tax_rates", RATE, new_york)] == [
            "1 customer (U): no region is given, and the rates of US are by region"
        ]


class TestMoves:
    @pytest.fixture(autouse=True)
    def catalog(self, given: Given) -> None:
        for country in ("DE", "FR"):
            given.tax_rate(country=country)
        given.subscription(given.customer("M", country="FR"), given.flat_plan(), starts="2026-01-10")
        given.run("2026-01")

    @pytest.mark.parametrize(
        ("change", "column"),
        [({"country": "DE"}, "country"), ({"tax_id": "FR40303265045", "is_tax_id_valid": True}, "tax_id")],
    )
    def test_a_change_that_taxes_a_month_not_run_yet_names_the_month(
        self, warn: Warn, change: dict[str, object], column: str
    ) -> None:
        told = "not run yet and will be taxed as of this row; run first what is to be taxed as before"
        assert warn("load_customers", ROW | change) == [(2, column, f"2026-02 is {told}")]

    def test_several_months_are_named_by_the_first_and_the_last(self, warn: Warn) -> None:
        (told,) = warn("load_customers", ROW | {"country": "DE"}, on="2026-05-31")
        assert told[2].startswith("2026-02 to 2026-04 are not run yet")

    def test_once_they_are_run_nothing_is_told(self, warn: Warn, given: Given) -> None:
        given.run("2026-02")
        assert warn("load_customers", ROW | {"country": "DE"}) == []

    @pytest.mark.parametrize("change", [{}, {"name": "M & M"}, {"region": "Bretagne"}, {"tax_id": "FR1"}])
    def test_what_does_not_change_the_tax_is_not_told(self, warn: Warn, change: dict[str, object]) -> None:
        assert warn("load_customers", ROW | change) == []

    def test_a_region_counts_where_rates_are_by_region(self, warn: Warn, given: Given) -> None:
        given.tax_rate(country="FR", region="Corse")
        (told,) = warn("load_customers", ROW | {"region": "Corse"})
        assert told[:2] == (2, "region")


def test_customers_who_are_to_transfer_nowhere_are_told(warn: Warn, given: Given) -> None:
    given.customer("C", country="US", collection_method="charge_automatically")
    given.customer("T", country="US")
    given.connection.execute("update billing.seller_profiles set iban = null, bic = null, bank_name = null")
    told = [(None, None, "1 customer (T): to pay by transfer, but company.toml has no iban")]
    assert warn("load_tax_rates") == told


@pytest.mark.parametrize(("currency", "step"), [("KWD", "0.01"), ("TND", "0.01"), ("MGA", "1")])
def test_amounts_that_a_card_cannot_pay_are_told_with_the_customers(
    given: Given, warn: Warn, currency: str, step: str
) -> None:
    given.customer("K", collection_method="charge_automatically", currency=currency)
    text = f"a card pays multiples of {step} {currency} only; what is not one waits for a person in the review queue"
    assert warn("load_tax_rates", RATE)[-1] == (None, None, f"1 customer (K): {text}")


@pytest.mark.parametrize("currency", ["EUR", "JPY", "ISK", "UGX"])
def test_currencies_of_which_every_amount_is_charged_are_not_warned_of(given: Given, warn: Warn, currency: str) -> None:
    given.customer("E", collection_method="charge_automatically", currency=currency, country="CH")
    given.customer("T", collection_method="send_invoice", currency="KWD", country="CH")
    assert not [told for *_, told in warn("load_tax_rates", RATE) if "a card" in told]


def test_a_card_that_was_renewed_since_the_file_was_loaded_is_told(warn: Warn, given: Given) -> None:
    card = ROW | {"stripe_customer_id": "cus_1", "stripe_payment_method_id": "pm_old"}
    assert warn("load_customers", card) == []
    given.connection.execute("update billing.customers set stripe_payment_method_id = 'pm_new'")
    told = "replaced by pm_new since the file was loaded, which stays; put that into the file"
    for _ in range(2):
        assert warn("load_customers", card) == [(2, "stripe_payment_method_id", told)]
    assert warn("load_customers", card | {"stripe_payment_method_id": "pm_new"}) == []
    assert warn("load_customers", ROW) == []
