from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Load

Row = dict[str, str | None]

SEAT: Row = {
    "plan_code": "seat", "currency": "USD", "valid_from": "2026-05-01", "pricing_model": "flat", "unit_amount": "13.00",
}  # fmt: skip
FREE: Row = {
    "plan_code": "api", "currency": "EUR", "valid_from": "2026-05-01", "pricing_model": "graduated", "tier": "Free",
    "up_to": "1000", "unit_amount": "0",
}  # fmt: skip
PAID = FREE | {"tier": "Paid", "up_to": None, "unit_amount": "0.01", "flat_amount": "5.00"}
PACK = FREE | {"pricing_model": "package", "tier": None, "up_to": None, "package_size": "100", "unit_amount": "2"}
ANY = FREE | {"pricing_model": "flat", "tier": None, "up_to": None, "unit_amount": "0.002", "cell": "standard"}
EU = ANY | {"cell": "eu", "where": "region=eu", "unit_amount": "0.003"}
LARGE = ANY | {"cell": "large", "where": "model=large", "unit_amount": "0.004"}
BOTH = ANY | {"cell": "eu large", "where": "model = large; region=eu", "unit_amount": "0.010"}
STORED = """
select string_agg(
    concat_ws(' ', currency, valid_from, valid_to, cell, nullif(conditions, '{}'), tier_position, tier, up_to,
        trim_scale(unit_amount), nullif(trim_scale(flat_amount), 0)),
    ', ' order by currency, valid_from, customer_id nulls first, cell_position, tier_position
)
from billing.prices
inner join billing.price_cells using (price_id)
inner join billing.price_tiers using (price_id, cell_position)
where valid_from > '-infinity'
"""
NUMBERS = """
select string_agg(concat(prices.xmin, price_cells.xmin, price_tiers.xmin), ',')
from billing.prices
inner join billing.price_cells using (price_id)
inner join billing.price_tiers using (price_id, cell_position)
"""
PLAN = "select plan_id from billing.pricing_plans where plan_code = 'api'"
BILLED = "no change of a billed price: INV-2026-06-0001 was computed with it"


@pytest.fixture(autouse=True)
def catalog(load: Load, given: Given) -> int:
    load("load_metrics", {"metric": "api_calls", "dimensions": "region;model"})
    given.plan("package", code="api", unit_amount="1", package_size="10")
    given.plan("flat", code="plain", unit_amount="1", metric="messages")
    given.flat_plan("12.00", code="seat")
    given.customer("2001", currency="USD")
    return given.customer("1001")


def test_rows_of_a_plan_currency_account_and_day_are_one_price(load: Load, given: Given) -> None:
    own = PAID | {"account_number": "1001", "valid_to": "2026-08-01", "flat_amount": None}
    assert load("load_prices", PAID, SEAT, FREE, own)[0] == [4, 0, 0, 0]
    assert given.value("select count(*) from billing.prices where valid_from > '-infinity'") == 3
    assert given.value(STORED) == (
        "EUR 2026-05-01 1 Free 1000 0, EUR 2026-05-01 2 Paid 0.01 5, "
        "EUR 2026-05-01 2026-08-01 1 Paid 0.01, USD 2026-05-01 1 13"
    )


def test_the_same_prices_again_touch_nothing(load: Load, given: Given) -> None:
    rows = [PAID, FREE, SEAT, EU | {"currency": "USD"}, ANY | {"currency": "USD"}]
    load("load_prices", *rows)
    before = given.value(NUMBERS)
    assert load("load_prices", *reversed(rows))[0] == [0, 0, 5, 0]
    assert given.value(NUMBERS) == before


def test_a_price_is_replaced_as_a_whole(load: Load, given: Given) -> None:
    load("load_prices", FREE, PAID)
    assert load("load_prices", PACK)[0] == [1, 0, 0, 0]
    assert given.value(STORED) == "EUR 2026-05-01 1 2"


def test_the_price_from_the_beginning_is_that_of_the_plans_file(load: Load, given: Given) -> None:
    load("load_prices", FREE | {"up_to": None})
    assert (
        given.value("select count(*) from billing.prices where plan_id = (select min(plan_id) from billing.prices)")
        == 2
    )


def test_cells_are_named_and_ask_for_properties(load: Load, given: Given) -> None:
    assert load("load_prices", BOTH, LARGE, EU, ANY)[1] == []
    cells = given.connection.execute(
        "select cell, conditions from billing.price_cells where cell is not null order by cell_position"
    )
    assert cells.fetchall() == [
        ("eu", {"region": "eu"}),
        ("eu large", {"model": "large", "region": "eu"}),
        ("large", {"model": "large"}),
        ("standard", {}),
    ]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (SEAT | {"plan_code": "none"}, "plan_code"),
        (SEAT | {"currency": "XXX"}, "currency"),
        (SEAT | {"account_number": "9999"}, "account_number"),
        (SEAT | {"account_number": "1001"}, "currency"),
        (SEAT | {"valid_from": "May"}, "valid_from"),
        (SEAT | {"valid_from": None}, "valid_from"),
        (SEAT | {"valid_to": "2026-06-01"}, "valid_to"),
        (SEAT | {"account_number": "2001", "valid_to": "2026-04-30"}, "valid_to"),
        (SEAT | {"account_number": "2001", "valid_to": "soon"}, "valid_to"),
        (SEAT | {"pricing_model": "linear"}, "pricing_model"),
        (SEAT | {"pricing_model": None}, "pricing_model"),
        (SEAT | {"pricing_model": "package", "package_size": "5"}, "pricing_model"),
        (SEAT | {"package_size": "5"}, "package_size"),
        (SEAT | {"unit_amount": "-1"}, "unit_amount"),
        (SEAT | {"unit_amount": None}, "unit_amount"),
        (SEAT | {"cell": "eu"}, "cell"),
        (SEAT | {"where": "region=eu"}, "where"),
        (SEAT | {"tier": "One"}, "tier"),
        (SEAT | {"up_to": "5"}, "up_to"),
        (SEAT | {"flat_amount": "5"}, "flat_amount"),
        (PACK | {"package_size": None}, "package_size"),
        (PACK | {"package_size": "0"}, "package_size"),
        (FREE | {"tier": None}, "tier"),
        (FREE | {"up_to": "0"}, "up_to"),
        (FREE | {"flat_amount": "1e3"}, "flat_amount"),
        (EU | {"where": "region"}, "where"),
        (EU | {"where": "region="}, "where"),
        (EU | {"where": "colour=red"}, "where"),
        (EU | {"where": "region=eu;region=us"}, "where"),
        (EU | {"plan_code": "plain"}, "where"),
        (EU | {"cell": "x" * 201}, "cell"),
    ],
)
def test_a_bad_value_is_named_by_its_column(load: Load, row: Row, column: str) -> None:
    counts, problems = load("load_prices", row)
    assert counts == [0, 0, 0, 1]
    assert [(line, name) for line, name, _ in problems] == [(2, column)]


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (PAID | {"pricing_model": "volume"}, "pricing_model", "the same as in line 2: graduated"),
        (PAID | {"valid_to": "2026-09-01"}, "valid_to", "the same as in line 2: nothing"),
        (PAID | {"where": "region=eu"}, "where", "the same as in line 2: nothing"),
        (PAID | {"up_to": "1000.0"}, "up_to", "another bound than line 2"),
        (FREE | {"unit_amount": "1"}, "plan_code", "no other row for it than line 2"),
    ],
)
def test_rows_that_contradict_their_price_refuse_it(
    load: Load, given: Given, row: Row, column: str, expected: str
) -> None:
    own: Row = {"account_number": "1001"}
    counts, problems = load("load_prices", FREE | own, row | own, SEAT, skip_bad=True)
    assert counts == [1, 0, 0, 2]
    assert problems == [(2, "plan_code", "a price without bad rows: see line 3"), (3, column, expected)]
    assert given.value(STORED) == "USD 2026-05-01 1 13"


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([EU, LARGE], 3),
        ([EU, ANY, LARGE], 4),
        ([ANY, ANY | {"cell": "other"}], 3),
        ([EU, EU | {"cell": "us", "where": "region=us"}], None),
        ([EU, LARGE, BOTH], None),
        ([BOTH, LARGE, EU, ANY], None),
    ],
)
def test_cells_that_tie_are_refused_unless_a_closer_one_takes_what_fulfils_both(
    load: Load, rows: list[Row], line: int | None
) -> None:
    found = [(at, column) for at, column, expected in load("load_prices", *rows)[1] if "no tie with cell" in expected]
    assert found == ([(line, "where")] if line else [])


def test_an_own_price_is_taken_back_on_its_first_day(load: Load, given: Given) -> None:
    own = SEAT | {"account_number": "2001"}
    load("load_prices", own)
    assert load("load_prices", own | {"valid_to": "2026-05-01"})[0] == [0, 1, 0, 0]
    assert given.value(STORED) == "USD 2026-05-01 2026-05-01 1 13"


class TestBilled:
    """June is billed with tiers up to 5000, in Europe alone."""

    FIRST = FREE | {"cell": "eu", "where": "region=eu"}
    LAST = PAID | {"cell": "eu", "where": "region=eu", "up_to": "5000"}

    @pytest.fixture(autouse=True)
    def billed(self, load: Load, given: Given) -> None:
        load("load_prices", self.FIRST, self.LAST)
        customer = given.customer()
        given.subscription(customer, int(str(given.value(PLAN))))
        given.connection.execute(
            """
            insert into billing.billing_events (customer_id, occurred_at, event_key, metric_id, quantity, properties)
            select %s, '2026-06-10T12:00Z', gen_random_uuid(), metric_id, 5, %s from billing.metrics
            where metric = 'api_calls'
            """,
            (customer, Jsonb({"region": "eu"})),
        )
        given.run("2026-06")
        assert given.value("select count(*) from billing.invoices where invoice_number is not null") == 1

    @pytest.mark.parametrize(
        ("first", "last", "problems"),
        [
            ({"unit_amount": "1"}, {}, [(2, "unit_amount", BILLED)]),
            ({}, {"flat_amount": "6"}, [(3, "unit_amount", BILLED)]),
            ({}, {"up_to": "4000"}, [(3, "unit_amount", BILLED)]),
            ({"pricing_model": "volume"}, {"pricing_model": "volume"}, [(2, "pricing_model", BILLED)]),
            ({"where": "region=us"}, {"where": "region=us"}, [(2, "unit_amount", BILLED), (3, "unit_amount", BILLED)]),
            ({}, {"tier": "More"}, [(2, "tier", BILLED), (3, "unit_amount", BILLED)]),
        ],
    )
    def test_what_was_billed_stands(
        self,
        load: Load,
        given: Given,
        first: Row,
        last: Row,
        problems: list[tuple[int, str, str]],
    ) -> None:
        before = given.value(NUMBERS)
        found = load("load_prices", self.FIRST | first, self.LAST | last)[1]
        assert [problem for problem in found if problem[2] == BILLED] == problems
        assert given.value(NUMBERS) == before

    def test_a_tier_does_not_go(self, load: Load) -> None:
        assert load("load_prices", self.FIRST)[1] == [(2, "tier", BILLED)]

    @pytest.mark.parametrize(
        "more",
        [
            [LAST | {"up_to": "9000"}],
            [LAST | {"up_to": None}],
            [LAST, LAST | {"tier": "Top", "up_to": None}],
            [LAST, PAID | {"cell": "rest", "where": None}],
            [LAST, PAID | {"cell": "us", "where": "region=us"}],
        ],
    )
    def test_prices_for_what_had_none_can_be_added(self, load: Load, more: list[Row]) -> None:
        assert load("load_prices", self.FIRST, *more)[1] == []

    def test_a_cell_that_takes_events_of_another_is_refused(self, load: Load) -> None:
        closer = PAID | {"cell": "large", "where": "model=large;region=eu"}
        assert (4, "unit_amount", BILLED) in load("load_prices", self.FIRST, self.LAST, closer)[1]

    def test_the_end_of_an_own_price_moves_as_ends_do(self, load: Load, given: Given) -> None:
        """It says for how long a price holds, not what it is."""
        own: Row = {"account_number": "1001", "valid_to": "2026-07-01"}
        given.connection.execute(
            """
            update billing.prices set customer_id = customers.customer_id
            from billing.customers where account_number = '1001' and valid_from > '-infinity'
            """
        )
        assert load("load_prices", self.FIRST | own, self.LAST | own)[0] == [0, 2, 0, 0]

    def test_a_later_price_is_a_new_row(self, load: Load) -> None:
        assert load("load_prices", FREE | {"valid_from": "2026-06-01"})[0] == [1, 0, 0, 0]
