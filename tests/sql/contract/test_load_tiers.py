from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.sql.contract.conftest import Load

FREE = {"plan_code": "api", "tier": "Free", "up_to": "10000", "unit_amount": "0"}
STANDARD = {"plan_code": "api", "tier": "Standard", "up_to": "100000", "unit_amount": "0.001"}
VOLUME = {"plan_code": "api", "tier": "Volume", "unit_amount": "0.0005"}
STORED = "select string_agg(tier || ' ' || tier_position, ', ' order by tier_position) from billing.price_tiers"


@pytest.fixture(autouse=True)
def plan(given: Given) -> int:
    return given.plan("graduated", code="api")


def test_positions_follow_the_bounds_not_the_file(load: Load, given: Given) -> None:
    assert load("load_tiers", VOLUME, STANDARD, FREE)[0] == [3, 0, 0, 0]
    assert given.value(STORED) == "Free 1, Standard 2, Volume 3"


def test_the_same_list_again_touches_nothing(load: Load, given: Given) -> None:
    load("load_tiers", FREE, VOLUME)
    before = given.value("select string_agg(xmin::text, ',') from billing.price_tiers")
    assert load("load_tiers", VOLUME, FREE | {"up_to": "10000.0"})[0] == [0, 0, 2, 0]
    assert given.value("select string_agg(xmin::text, ',') from billing.price_tiers") == before


def test_a_list_is_replaced_as_a_whole(load: Load, given: Given) -> None:
    load("load_tiers", FREE, STANDARD, VOLUME)
    load("load_tiers", FREE | {"up_to": "500"}, VOLUME)
    assert given.value(STORED) == "Free 1, Volume 2"


def test_a_bounded_last_tier_is_allowed(load: Load) -> None:
    assert load("load_tiers", FREE, STANDARD)[1] == []


def test_a_tiered_plan_without_tiers_is_refused(load: Load, given: Given) -> None:
    given.plan("volume", code="disk")
    assert load("load_tiers", FREE)[1] == [(None, "plan_code", "a tier of this volume plan")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (FREE | {"plan_code": "none"}, "plan_code"),
        (FREE | {"plan_code": "flat"}, "plan_code"),
        (FREE | {"tier": None}, "tier"),
        (FREE | {"up_to": "0"}, "up_to"),
        (FREE | {"up_to": "-5"}, "up_to"),
        (FREE | {"up_to": "1e4"}, "up_to"),
        (FREE | {"unit_amount": None}, "unit_amount"),
        (FREE | {"flat_amount": "x"}, "flat_amount"),
    ],
)
def test_a_bad_value_is_named_by_its_column(load: Load, given: Given, row: dict[str, str], column: str) -> None:
    given.flat_plan(code="flat")
    load("load_tiers", VOLUME)
    _, problems = load("load_tiers", row)
    assert [(line, name) for line, name, _ in problems] == [(2, column)]


def test_two_tiers_cannot_share_a_bound(load: Load) -> None:
    problems = load("load_tiers", VOLUME, VOLUME | {"tier": "More"})[1]
    assert (3, "up_to", "another bound than line 2") in problems


def test_with_a_bad_tier_none_of_its_plan_is_loaded(load: Load, given: Given) -> None:
    given.plan("volume", code="disk")
    counts, _ = load("load_tiers", FREE, VOLUME | {"unit_amount": "x"}, VOLUME | {"plan_code": "disk"}, skip_bad=True)
    assert counts == [1, 0, 0, 2]
    assert given.value(STORED) == "Volume 1"


@pytest.fixture
def billed(load: Load, given: Given, plan: int) -> None:
    """An invoice computed with the tiers Free and Standard."""
    load("load_tiers", FREE, STANDARD)
    customer = given.customer()
    given.subscription(customer, plan)
    given.usage(customer, 5, on="2026-01-10")
    given.run("2026-01")


BILLED = "no change of a billed price: INV-2026-01-0001 was computed with it"


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        ([FREE, STANDARD], []),
        ([FREE], [(None, "tier", BILLED)]),
        ([FREE, STANDARD | {"unit_amount": "0.002"}], [(3, "tier", BILLED)]),
        ([FREE, STANDARD | {"up_to": "90000"}], [(3, "tier", BILLED)]),
        ([FREE | {"up_to": "20000"}, STANDARD], [(2, "tier", BILLED)]),
        ([FREE, VOLUME | {"up_to": "50000"}, STANDARD], [(3, "tier", BILLED)]),
    ],
)
@pytest.mark.usefixtures("billed")
def test_billed_tiers_stand(
    load: Load, given: Given, rows: list[dict[str, str]], problems: list[tuple[object, ...]]
) -> None:
    assert load("load_tiers", *rows)[1] == problems
    assert given.value(STORED) == "Free 1, Standard 2"


@pytest.mark.usefixtures("billed")
def test_tiers_that_only_a_void_invoice_used_stand(load: Load, given: Given) -> None:
    customer = int(str(given.value("select customer_id from billing.customers")))
    given.void(given.invoice(customer, "2026-01"))
    assert load("load_tiers", FREE, STANDARD | {"unit_amount": "0.002"})[1] == [(3, "tier", BILLED)]
    assert load("load_tiers", FREE, STANDARD, VOLUME)[1] == []


@pytest.mark.parametrize(
    ("rows", "stored"),
    [
        ([FREE, STANDARD, VOLUME], "Free 1, Standard 2, Volume 3"),
        ([FREE, STANDARD | {"up_to": "200000"}], "Free 1, Standard 2"),
        ([FREE, STANDARD | {"up_to": None}], "Free 1, Standard 2"),
    ],
)
@pytest.mark.usefixtures("billed")
def test_prices_for_what_had_none_can_be_added(
    load: Load, given: Given, rows: list[dict[str, str]], stored: str
) -> None:
    assert load("load_tiers", *rows)[1] == []
    assert given.value(STORED) == stored
