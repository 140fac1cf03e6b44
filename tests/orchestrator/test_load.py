from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.load import load_folder

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

FILES = {
    "company.toml": """
name = "Northgate API, Inc."
address_line1 = "500 Howard Street"
postal_code = "94105"
city = "San Francisco"
country = "US"
email = "billing@northgate.example"
iban = "DE02 1203 0000 0000 2020 51"
billing_timezone = "UTC"
payment_terms_days = 30
invoice_prefix = "INV"
""",
    "customers.csv": (
        "account_number,name,billing_email,country,region,postal_code,city,address_line1,tax_id,currency,"
        "collection_method,segment,signed_up_on\n"
        "1001,Delta Labs,pay@delta.example,DE,,10115,Berlin,Weg 1,DE 136695976,EUR,send_invoice,,2026-01-05\n"
        "1002, Epsilon ,pay@eps.example,FR,,75001,Paris,Rue 1,FR00,EUR,send_invoice,,2026-01-05\n"
    ),
    "plans.csv": (
        "plan_code,name,kind,pricing_model,metric,currency,unit_amount,package_size\n"
        "api,API,usage,graduated,api_calls,EUR,,\n"
    ),
    "tiers.csv": "plan_code,tier,up_to,unit_amount\napi,Free,100,0\napi,Paid,,0.01\n",
    "subscriptions.csv": "account_number,plan_code,quantity,starts_on,ends_on\n1001,api,,2026-01-05,\n",
    "tax_rates.csv": "country,region,name,rate,valid_from,valid_to\nDE,,VAT 19%,0.19,2007-01-01,\n",
    "events.csv": ("event_id,account_number,metric,quantity,occurred_at\na,1001,api_calls,5,2026-02-03T10:00:00Z\n"),
}
TABLES = (
    "seller_profiles",
    "customers",
    "pricing_plans",
    "price_tiers",
    "subscriptions",
    "tax_rates",
    "billing_events",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def contents(database: psycopg.Connection) -> list[list[tuple[object, ...]]]:
    return [
        sorted(database.execute(f"select xmin::text, * from billing.{name}".encode()).fetchall(), key=str)
        for name in TABLES
    ]


def sizes(database: psycopg.Connection) -> list[int]:
    return [len(rows) for rows in contents(database)]


def test_the_same_folder_again_changes_nothing(database: psycopg.Connection, folder: Path) -> None:
    first = load_folder(database, folder)
    assert [file.added for file in first.files] == [1, 2, 1, 2, 1, 1]
    before = contents(database)
    second = load_folder(database, folder)
    assert [(file.added, file.changed, file.bad) for file in second.files] == [(0, 0, 0)] * 6
    assert second.events[0].counts.repeated == 1
    assert not second.needs_person
    assert contents(database) == before


def test_an_invalid_tax_id_is_a_warning(database: psycopg.Connection, folder: Path) -> None:
    said: list[str] = []
    assert not load_folder(database, folder, report=said.append).needs_person
    assert said == [
        "customers.csv:3: tax_id: 'FR00': no valid VAT number of FR; the customer is taxed as if there were none"
    ]
    stored = database.execute("select name, tax_id, is_tax_id_valid from billing.customers order by account_number")
    assert stored.fetchall() == [("Delta Labs", "DE136695976", True), ("Epsilon", "FR00", False)]


def test_a_bad_row_refuses_the_whole_folder(database: psycopg.Connection, folder: Path) -> None:
    (folder / "customers.csv").write_text(FILES["customers.csv"].replace("Rue 1,FR00,EUR", "Rue 1,FR00,EURO"))
    said: list[str] = []
    with pytest.raises(BillingError, match=r"customers\.csv has 1 bad row") as raised:
        load_folder(database, folder, report=said.append)
    assert raised.value.exit_code == 2
    assert said[-1] == "customers.csv:3: currency: 'EURO': expected an ISO 4217 currency code such as EUR"
    assert sizes(database) == [0] * len(TABLES)


def test_skipped_rows_are_written_with_their_reasons(database: psycopg.Connection, folder: Path) -> None:
    bad = "1003,X,no,DE,,,,,,EURO,send_invoice,,2026-01-05\n1004,too short\n"
    (folder / "customers.csv").write_text(FILES["customers.csv"] + bad)
    skipped = folder / "skipped.csv"
    assert load_folder(database, folder, skip_bad=skipped).needs_person
    assert sizes(database) == [1, 2, 1, 2, 1, 1, 1]
    with skipped.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["file"], row["line"], row["account_number"], row["row"]) for row in rows] == [
        ("customers.csv", "4", "1003", ""),
        ("customers.csv", "5", "", "1004,too short"),
    ]
    assert "billing_email: expected one e-mail address, in ASCII; currency: expected an ISO 4217" in rows[0]["reason"]


def test_only_the_first_problems_are_listed(database: psycopg.Connection, folder: Path) -> None:
    bad = "".join(f"DE,,V,x,{year}-01-01,\n" for year in range(2000, 2030))
    (folder / "tax_rates.csv").write_text(FILES["tax_rates.csv"] + bad)
    said: list[str] = []
    with pytest.raises(BillingError):
        load_folder(database, folder, report=said.append)
    assert len([line for line in said if line.startswith("tax_rates")]) == 21
    assert said[-1] == "tax_rates.csv: and 10 more problems"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("customers.csv", FILES["customers.csv"].replace("currency", "money"), "the header lacks currency"),
        ("customers.csv", FILES["customers.csv"].encode("utf-16"), "UTF-16"),
        ("events.csv", "event_id\n", "the header lacks account_number, metric"),
        ("company.toml", "name = ", "cannot be read"),
        ("company.toml", "name = [1]", "expected a text"),
        ("company.toml", b"name = '\xff'", "not UTF-8"),
    ],
)
def test_an_unusable_file_refuses_the_whole_folder(
    database: psycopg.Connection, folder: Path, name: str, content: str | bytes, reason: str
) -> None:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BillingError, match=reason):
        load_folder(database, folder)
    assert sizes(database) == [0] * len(TABLES)


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff...", "image/jpeg"),
        (b'<?xml version="1.0"?>\n<!-- x --><svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
        (b"<html><svg/></html>", "expected a PNG, JPEG or SVG picture"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 1024 * 1024, "expected a picture of at most 1 MB"),
        (None, "expected the path of a readable file"),
    ],
)
def test_a_logo_is_what_its_content_says(
    database: psycopg.Connection, folder: Path, content: bytes | None, outcome: str
) -> None:
    if content is not None:
        (folder / "logo.svg").write_bytes(content)
    (folder / "company.toml").write_text(FILES["company.toml"] + 'logo = "logo.svg"\n')
    said: list[str] = []
    try:
        load_folder(database, folder, report=said.append)
    except BillingError:
        assert said == [f"company.toml: logo: 'logo.svg': {outcome}"]
    else:
        stored = database.execute("select logo, logo_media_type from billing.seller_profiles").fetchone()
        assert stored == (content, outcome)


def test_a_wrong_iban_is_named(database: psycopg.Connection, folder: Path) -> None:
    (folder / "company.toml").write_text(FILES["company.toml"].replace("2020 51", "2020 52"))
    said: list[str] = []
    with pytest.raises(BillingError):
        load_folder(database, folder, report=said.append)
    assert said == ["company.toml: iban: 'DE02120300000000202052': expected an IBAN with valid check digits"]


def test_a_folder_without_files_is_refused(database: psycopg.Connection, tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(BillingError, match=r"company\.toml"):
            load_folder(database, folder)


def test_some_of_the_files_are_enough(database: psycopg.Connection, folder: Path) -> None:
    load_folder(database, folder)
    for name in FILES:
        if name != "plans.csv":
            (folder / name).unlink()
    assert not load_folder(database, folder).needs_person
    (folder / "plans.csv").write_text(FILES["plans.csv"] + "new,New,usage,volume,api_calls,EUR,,\n")
    said: list[str] = []
    with pytest.raises(BillingError):
        load_folder(database, folder, report=said.append)
    assert said == ["tiers.csv: plan_code: 'new': expected a tier of this volume plan"]
