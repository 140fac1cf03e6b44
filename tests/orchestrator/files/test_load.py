from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING

import pytest

from orchestrator.errors import BillingError
from orchestrator.files.load import load_folder

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
        ("company.toml", "name = ", "expected TOML"),
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
        assert f"company.toml: logo: 'logo.svg': {outcome}" in said
    else:
        stored = database.execute("select logo, logo_media_type from billing.seller_profiles").fetchone()
        assert stored == (content, outcome)


def test_a_wrong_iban_is_named(database: psycopg.Connection, folder: Path) -> None:
    (folder / "company.toml").write_text(FILES["company.toml"].replace("2020 51", "2020 52"))
    said: list[str] = []
    with pytest.raises(BillingError):
        load_folder(database, folder, report=said.append)
    assert said[1:] == ["company.toml: iban: 'DE02120300000000202052': expected an IBAN with valid check digits"]


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


BAD = {
    "customers.csv": FILES["customers.csv"] + "1003,X,no,DE,,,,,,EURO,send_invoice,,2026-01-05\n1004,too short\n",
    "plans.csv": FILES["plans.csv"] + "bad,Bad,usage,volume,api_calls,EURO,,\n",
    "tiers.csv": FILES["tiers.csv"] + "bad,One,,0.1\n",
    "subscriptions.csv": FILES["subscriptions.csv"]
    + "1003,api,,2026-01-05,\n1004,api,,2026-01-05,\n1002,bad,,2026-01-05,\n"
    "1002,api,,2026-02-30,\n1003,api,x,2026-01-06,\n",
    "tax_rates.csv": FILES["tax_rates.csv"] + "XX,,VAT,0.1,2020-01-01,\n",
    "events.csv": FILES["events.csv"]
    + "b,1003,api_calls,5,2026-02-03T10:00:00Z\nc,1001,api_calls,-5,2026-02-03T10:00:00Z\n",
}


@pytest.mark.parametrize("is_check", [True, False])
def test_all_problems_of_all_files_are_shown_at_once_and_none_twice(
    database: psycopg.Connection,
    folder: Path,
    is_check: bool,  # noqa: FBT001 - a parameter
) -> None:
    for name, content in BAD.items():
        (folder / name).write_text(content)
    said: list[str] = []
    with pytest.raises(BillingError) as raised:
        load_folder(database, folder, report=said.append, is_check=is_check)
    places = [":".join(line.split(":")[:3]) for line in said[1:]]
    assert places == [
        "customers.csv:4: billing_email", "customers.csv:4: currency", "customers.csv:5: row", "plans.csv:3: currency",
        "tiers.csv: 1 row of bad rows of plans.csv, not looked at further", "subscriptions.csv:6: starts_on",
        "subscriptions.csv:7: quantity",
        "subscriptions.csv: 3 rows of bad rows of customers.csv and plans.csv, not looked at further",
        "tax_rates.csv:3: country", "events.csv:4: quantity",
    ]  # fmt: skip
    assert str(raised.value) == (
        "customers.csv has 2 bad rows. plans.csv has 1 bad row. subscriptions.csv has 2 bad rows. "
        "tax_rates.csv has 1 bad row. events.csv has 1 bad event. Nothing was loaded."
    )
    assert raised.value.exit_code == 2
    assert sizes(database) == [0] * len(TABLES)


def test_files_that_lean_on_an_unusable_one_are_looked_at_too(database: psycopg.Connection, folder: Path) -> None:
    (folder / "company.toml").write_text("name = Northgate\n")
    (folder / "customers.csv").write_text("account_number\n")
    (folder / "plans.csv").write_bytes(FILES["plans.csv"].encode("utf-16"))
    (folder / "subscriptions.csv").write_text(FILES["subscriptions.csv"] + "1002,api,,soon,\n")
    (folder / "events.csv").write_text("event_id\n")
    said: list[str] = []
    with pytest.raises(BillingError) as raised:
        load_folder(database, folder, report=said.append)
    assert said == [
        "tiers.csv: 2 rows of bad rows of plans.csv, not looked at further",
        "subscriptions.csv:3: starts_on: 'soon': expected a date such as 2026-02-28",
        "subscriptions.csv: 1 row of bad rows of customers.csv and plans.csv, not looked at further",
    ]
    for part in ("company.toml:1: ", "customers.csv:1: ", "plans.csv is not UTF-8", "events.csv:1: the header lacks"):
        assert part in str(raised.value)
    assert sizes(database) == [0] * len(TABLES)


def test_a_check_changes_nothing_and_counts_what_would(database: psycopg.Connection, folder: Path) -> None:
    checked = load_folder(database, folder, is_check=True)
    assert [file.added for file in checked.files] == [1, 2, 1, 2, 1, 1]
    assert checked.events[0].counts.received == 1
    assert sizes(database) == [0] * len(TABLES)
    load_folder(database, folder)
    before = contents(database)
    (folder / "customers.csv").write_text(FILES["customers.csv"].replace("Weg 1", "Weg 2"))
    assert [file.changed for file in load_folder(database, folder, is_check=True).files] == [0, 1, 0, 0, 0, 0]
    assert contents(database) == before


def test_a_bad_event_holds_up_a_check_no_more_than_a_load(database: psycopg.Connection, folder: Path) -> None:
    (folder / "events.csv").write_text(BAD["events.csv"])
    checked = load_folder(database, folder, is_check=True)
    assert (checked.events[0].counts.rejected, checked.needs_person) == (2, True)
    assert [file.added for file in checked.files] == [1, 2, 1, 2, 1, 1]
    assert sizes(database) == [0] * len(TABLES)
    loaded = load_folder(database, folder)
    assert (loaded.events[0].counts.rejected, loaded.needs_person) == (2, True)


def test_small_codes_mean_the_large_ones(database: psycopg.Connection, folder: Path) -> None:
    for name in ("customers.csv", "plans.csv", "tax_rates.csv", "company.toml"):
        small = FILES[name].replace("DE,", "de,").replace(",EUR,", ",eur,").replace('"US"', '"us"')
        (folder / name).write_text(small)
    load_folder(database, folder)
    stored = database.execute(
        "select country, currency, is_tax_id_valid from billing.customers order by account_number"
    )
    assert stored.fetchall()[0] == ("DE", "EUR", True)


def test_a_spreadsheet_of_half_of_europe_loads(database: psycopg.Connection, folder: Path) -> None:
    for name, content in FILES.items():
        if name.endswith(".csv"):
            (folder / name).write_text("sep=;\n" + content.replace(",", ";"), encoding="utf-8-sig")
    assert [file.added for file in load_folder(database, folder).files] == [1, 2, 1, 2, 1, 1]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("country = DE", r"toml:2: 'country = DE': expected quotation marks around a text, as country = \"DE\"\."),
        ("country = \u201cDE\u201d # x", r'around a text, as country = "DE"\.'),
        ('city = "Berlin', r'around a text, as city = "Berlin"\.'),
        ("city: Berlin", r'around a text, as city = "Berlin"\.'),
        ("no sense", r"company\.toml:2: 'no sense': expected TOML"),
        ('name = "B"', r"company\.toml:2: .*: expected TOML, .*\(Cannot overwrite a value\)"),
        *((f"payment_terms_days = {value}", "payment_terms_days: .* expected a whole number")
          for value in ("1e1", "true", '"30"', "1.0", "[30]", "2026-01-01")),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_company_file_is_said_in_words(
    database: psycopg.Connection, folder: Path, line: str, reason: str
) -> None:
    (folder / "company.toml").write_text(f'name = "A"\n{line}\n')
    with pytest.raises(BillingError, match=reason):
        load_folder(database, folder)


USE_BOMB = (
    (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g id="a0"><path d="M0 0h9v9z"/></g>'
        + "".join(f'<g id="a{n}">{f"<use href=#a{n - 1} />" * 10}</g>' for n in range(1, 9))
        + '<use href="#a8"/></svg>'
    )
    .replace("href=#", 'href="#')
    .replace(" />", '"/>')
)


@pytest.mark.parametrize("kind", ["pipe", "link to a pipe", "directory", "device", "bomb"])
def test_a_logo_that_never_ends_is_refused(database: psycopg.Connection, folder: Path, kind: str) -> None:
    logo = folder / "logo.svg"
    if kind == "directory":
        logo.mkdir()
    elif kind == "device":
        logo.symlink_to("/dev/zero")
    elif kind == "bomb":
        logo.write_text(USE_BOMB)
    else:
        os.mkfifo(folder / "pipe")
        logo.symlink_to(folder / "pipe") if kind.startswith("link") else (folder / "pipe").rename(logo)
    (folder / "company.toml").write_text(FILES["company.toml"] + 'logo = "logo.svg"\n')
    said: list[str] = []
    with pytest.raises(BillingError, match=r"company\.toml has 1 bad value"):
        load_folder(database, folder, report=said.append)
    assert any(line.startswith("company.toml: logo: 'logo.svg': expected ") for line in said)
