"""A load that would change what a standing invoice bills is refused, unless it is meant as a correction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.files.load import load_folder
from tests.given import Given
from tests.orchestrator.files.test_load import FILES

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

CODED = "account_number,plan_code,quantity,starts_on,ends_on,subscription\n"
PRICES = "plan_code,currency,account_number,valid_from,pricing_model,package_size,cell,where,tier,up_to,unit_amount\n"
DISCOUNTS = "discount_code,name,account_number,percent,amount,starts_on,ends_on,plan_codes\n"
STORED = """
select string_agg(concat_ws(' ', trim_scale(quantity), starts_on, ends_on), ', ' order by starts_on)
from billing.subscription_phases inner join billing.customers using (customer_id) where account_number = '1001'
"""


@pytest.fixture
def given(database: psycopg.Connection) -> Given:
    return Given(database)


@pytest.fixture
def folder(given: Given, tmp_path: Path) -> Path:
    """January is billed: 5 seats of 1001, 1 seat of 1002."""
    company = tmp_path / "company"
    company.mkdir()
    for name in ("company.toml", "customers.csv"):
        (company / name).write_text(FILES[name], encoding="utf-8")
    (company / "plans.csv").write_text(
        "plan_code,name,kind,pricing_model,metric,currency,unit_amount,package_size\nseat,Seat,flat,flat,,EUR,12,\n"
    )
    (company / "subscriptions.csv").write_text(f"{CODED}1001,seat,5,2026-01-01,,seats\n1002,seat,1,2026-01-01,,\n")
    load_folder(given.connection, company)
    given.run("2026-01")
    assert given.value("select count(*) from billing.invoices where invoice_number is not null") == 2
    changes = tmp_path / "changes"
    changes.mkdir()
    return changes


def phases(folder: Path, *rows: str) -> None:
    (folder / "subscriptions.csv").write_text(CODED + "".join(f"1001,seat,{row},seats\n" for row in rows))


@pytest.mark.parametrize("is_check", [False, True])
def test_a_load_that_changes_what_a_standing_invoice_bills_is_refused(
    database: psycopg.Connection, given: Given, folder: Path, *, is_check: bool
) -> None:
    phases(folder, "5,2026-01-01,2026-01-16", "8,2026-01-16,")
    said: list[str] = []
    with pytest.raises(
        BillingError, match=r"^Another amount would be owed for \d charges of 1 invoice\. Nothing was loaded\. Give"
    ) as raised:
        load_folder(database, folder, is_check=is_check, report=said.append)
    assert raised.value.exit_code == 2
    assert said
    assert all(line.startswith("subscriptions.csv:2: account 1001: INV-2026-01-0001, ") for line in said)
    assert given.value(STORED) == "5 2026-01-01"


def test_what_is_meant_as_a_correction_is_taken_and_said(
    database: psycopg.Connection, given: Given, folder: Path
) -> None:
    phases(folder, "3,2026-01-01,")
    said: list[str] = []
    (summary,) = load_folder(database, folder, is_correct=True, report=said.append).files
    assert (summary.added, summary.changed) == (0, 1)
    assert said[0].endswith(": owed 60.00 before, 36.00 now")
    assert said[1] == "Another amount is owed for 1 charge of 1 invoice: the next run bills the difference."
    assert given.value(STORED) == "3 2026-01-01"
    given.run("2026-02")
    lines = "select string_agg(kind || ' ' || amount, ', ' order by position) from billing.invoice_line_items "
    latest = "where invoice_id = (select invoice_id from billing.invoices where invoice_number = 'INV-2026-02-0001')"
    assert given.value(lines + latest) == "subscription 36.00, correction -24.00"


def test_what_was_credited_before_is_said_where_it_is_taken_back(
    database: psycopg.Connection, given: Given, folder: Path
) -> None:
    given.deliver()
    given.value("select billing.credit_invoice('INV-2026-01-0001', null, 10, 'goodwill', '2026-02-01', true) is null")
    phases(folder, "3,2026-01-01,")
    said: list[str] = []
    load_folder(database, folder, is_correct=True, report=said.append)
    assert said[1] == (
        "INV-2026-01-0001 was credited before, by CN-2026-02-0001: what is taken back now comes on top of that."
    )
    phases(folder, "8,2026-01-01,")
    said.clear()
    load_folder(database, folder, is_correct=True, report=said.append)
    assert not any("credited" in line for line in said)


def test_what_was_billed_before_a_first_fixed_discount_owes_what_it_owed(
    database: psycopg.Connection, given: Given, folder: Path
) -> None:
    year = given.flat_plan("1200.00", code="year", billed_in="advance", interval_months=12)
    given.subscription(given.customer("2001"), year, starts="2026-01-01")
    given.run("2026-02")
    given.run("2026-03")
    (folder / "discounts.csv").write_text(f"{DISCOUNTS}Z,Fix,2001,,40,2026-04-01,,\n")
    (summary,) = load_folder(database, folder).files
    assert summary.added == 1


def test_what_was_billed_before_a_first_fee_in_advance_owes_what_it_owed(
    database: psycopg.Connection, given: Given, folder: Path
) -> None:
    given.flat_plan("1200.00", code="year", billed_in="advance", interval_months=12)
    customer = given.value("select customer_id from billing.customers where account_number = '1001'")
    assert isinstance(customer, int)
    given.discount(customer, amount=7, starts="2026-02-01")
    given.run("2026-02")
    given.run("2026-03")
    (folder / "subscriptions.csv").write_text(f"{CODED}1001,year,1,2026-04-15,,year\n")
    (summary,) = load_folder(database, folder).files
    assert summary.added == 1


def test_a_fee_in_advance_due_on_a_first_changes_the_fixed_discount_of_the_month_before(
    database: psycopg.Connection, given: Given, folder: Path
) -> None:
    given.flat_plan("5.00", code="more", billed_in="advance")
    customer = given.value("select customer_id from billing.customers where account_number = '1001'")
    assert isinstance(customer, int)
    given.discount(customer, amount=100, starts="2026-02-01")
    given.run("2026-02")
    given.run("2026-03")
    (folder / "subscriptions.csv").write_text(f"{CODED}1001,more,1,2026-04-01,,more\n")
    said: list[str] = []
    load_folder(database, folder, is_correct=True, report=said.append)
    assert "discount of March 2026: owed -60.00 before, -65.00 now" in said[0]


def test_a_check_of_a_correction_changes_nothing(database: psycopg.Connection, given: Given, folder: Path) -> None:
    phases(folder, "3,2026-01-01,")
    load_folder(database, folder, is_check=True, is_correct=True)
    assert given.value(STORED) == "5 2026-01-01"


@pytest.mark.parametrize(
    "rows",
    [
        ["5,2026-01-01,2026-02-10", "8,2026-02-10,"],
        ["5,2026-01-01,2026-02-01"],
        ["5,2026-01-01,2026-01-16", "5,2026-01-16,"],
    ],
)
def test_what_changes_no_billed_money_needs_no_correction(
    database: psycopg.Connection, folder: Path, rows: list[str]
) -> None:
    phases(folder, *rows)
    assert not load_folder(database, folder).needs_person


def test_a_price_of_all_names_each_account_and_the_row_of_the_price(database: psycopg.Connection, folder: Path) -> None:
    (folder / "prices.csv").write_text(
        f"{PRICES}seat,EUR,,2026-03-01,flat,,,,,,14\nseat,EUR,,2026-01-01,flat,,,,,,13\n"
    )
    said: list[str] = []
    with pytest.raises(BillingError, match="2 charges of 2 invoices"):
        load_folder(database, folder, report=said.append)
    assert [" ".join(line.split()[:3]) for line in said] == [
        "prices.csv:2: account 1001:",
        "prices.csv:2: account 1002:",
    ]


def test_an_own_row_is_named_before_that_of_all(database: psycopg.Connection, folder: Path) -> None:
    (folder / "prices.csv").write_text(f"{PRICES}seat,EUR,,2026-01-01,flat,,,,,,13\n")
    (folder / "discounts.csv").write_text(f"{DISCOUNTS}D,Launch,1001,0.1,,2026-01-01,,\n")
    said: list[str] = []
    with pytest.raises(BillingError):
        load_folder(database, folder, report=said.append)
    assert sorted(line.split(":")[0] for line in said) == ["discounts.csv", "prices.csv"]


def test_what_only_a_void_invoice_billed_needs_no_correction(
    database: psycopg.Connection, given: Given, folder: Path
) -> None:
    customer = int(str(given.value("select customer_id from billing.customers where account_number = '1001'")))
    given.void(given.invoice(customer, "2026-01"))
    phases(folder, "3,2026-01-01,")
    assert not load_folder(database, folder).needs_person
