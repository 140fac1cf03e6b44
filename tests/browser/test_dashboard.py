"""The dashboard and the customer's page in a real browser."""

from __future__ import annotations

import csv
import re
import shutil
import warnings
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg
import pytest
from playwright.sync_api import expect, sync_playwright

from orchestrator.deployment.deploy import connection_url
from orchestrator.engine.access import WebDatabase
from tests.collection import Collection
from tests.orchestrator.web.served import RecordedPayments, let_in, serving
from tests.orchestrator.web.story import AS_OF
from tests.tools import miss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from orchestrator.config import Settings
    from tests.orchestrator.web.served import Served

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE, DESK, WALL = (360, 780), (1440, 900), (2560, 1440)


@dataclass
class Watched:
    """A page, what its console said and what it asked other servers for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


SIZES = [(390, 844), (768, 1024), (1024, 768), (1280, 800), (1440, 900)]
NAMES = ["W" * 40, ("Wide and Very Long Names of Customers " * 6)[:199], "N" * 200]


@pytest.fixture
def crowded(settings: Settings, database: psycopg.Connection) -> Iterator[Served]:
    """A server over long names and large amounts, in every table."""
    given = Collection(database)
    for name in NAMES:
        late = given.issued("98765432.10", name=name, period="2025-12", on="2026-01-01")
        given.transfer("12345678.90", "thank you", payer_name=name)
        card = given.issued("98765432.10", name=name, method="charge_automatically")
        given.charge(card, declined="insufficient_funds")
        given.usage(late.customer, "1234567890.123456", metric="an_unheard_of_metric_" * 3)
    given.transfer("66.36", card.number, currency="USD")
    given.roll_up()
    given.advance("2026-03-15")
    with psycopg.connect(connection_url(settings, "billing_worker"), autocommit=True) as connection:
        secrets = let_in(WebDatabase(connection))
    with serving(settings, secrets, RecordedPayments()) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        miss("chromium", how="Debian: apt-get install chromium")
    with warnings.catch_warnings(), sync_playwright() as playwright:
        warnings.simplefilter("ignore")
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        running.close()


def open_page(
    browser: Browser, served: Served, *, size: tuple[int, int] = DESK, is_dark: bool = False, has_script: bool = True
) -> Watched:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if is_dark else "light",
        java_script_enabled=has_script,
        accept_downloads=True,
    )
    watched = Watched(page=context.new_page())
    watched.page.on("console", lambda message: watched.complaints.append(message.text))
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    watched.page.on(
        "request",
        lambda request: watched.outside.append(request.url) if not request.url.startswith(served.address) else None,
    )
    return watched


def log_in(watched: Watched, served: Served, path: str = "/") -> Page:
    watched.page.goto(served.address + path)
    watched.page.get_by_label("Password").fill(served.secrets.password)
    watched.page.get_by_role("button", name="Log in").click()
    watched.page.wait_for_load_state("networkidle")
    return watched.page


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"[^0-9.\N{MINUS SIGN}]", "", text).replace("\N{MINUS SIGN}", "-"))


def column(page: Page, table: str, place: int) -> list[str]:
    return page.locator(f"#{table} tbody tr td:nth-child({place})").all_inner_texts()


@pytest.mark.parametrize("size", [PHONE, DESK, WALL])
@pytest.mark.parametrize("is_dark", [False, True])
def test_the_page_loads_from_this_server_alone_and_fits(
    browser: Browser, served: Served, *, size: tuple[int, int], is_dark: bool
) -> None:
    watched = open_page(browser, served, size=size, is_dark=is_dark)
    page = log_in(watched, served)
    assert watched.complaints == []
    assert watched.outside == []
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]
    page.context.close()


CUT = """
[...document.querySelectorAll('.scroller, .figure, .owed, .data .number, .ages li, .top')]
    .filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
    .map(each => each.className + ': ' + each.textContent.trim().slice(0, 60))
"""


def test_no_name_pushes_an_amount_out_of_sight(browser: Browser, crowded: Served) -> None:
    page = log_in(open_page(browser, crowded), crowded)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert (width, page.evaluate(CUT)) == (width, [])
        assert page.evaluate("document.documentElement.scrollWidth") == width
    titles = {name.get_attribute("title") for name in page.locator("#overdue .customer").all()}
    assert titles == set(NAMES)
    for text in ("thank you", "INV-"):
        expect(page.locator("#unmatched tbody tr").first).to_contain_text(text)
    page.context.close()


WHY = {"dunning": "insufficient funds", "unbilled": "metric without plan", "unmatched": "is in EUR, the entry in USD"}


def test_why_something_waits_is_read_at_every_width(browser: Browser, crowded: Served) -> None:
    page = log_in(open_page(browser, crowded), crowded)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for table, why in WHY.items():
            said = page.locator(f"#{table} tbody").inner_text()
            assert why in " ".join(said.split()), (width, table)
        assert "USD 66.36" in " ".join(page.locator("#unmatched tbody").inner_text().split())
    page.context.close()


def test_numbers_are_those_of_the_views(browser: Browser, served: Served) -> None:
    page = log_in(open_page(browser, served), served)
    with served.api() as client:
        aging = client.get("/api/billing/aging").text
        revenue = re.findall(r'"revenue":([0-9.]+)', client.get("/api/billing/revenue-by-customer?period=2026-02").text)
    figures = [number(text) for text in page.locator(".fact .figure").all_inner_texts()]
    assert figures == [Decimal(text) for text in ("45684.14", "47829.14", "8200.00", "1230.00")]
    expect(page.locator(".fact").first).to_contain_text("+4.2%")
    owed = [number(text) for text in page.locator(".ages .owed").all_inner_texts()]
    assert owed == [Decimal(text) for text in re.findall(r'"outstanding":([0-9.]+)', aging)]
    assert [number(text) for text in column(page, "customers", 4)] == [Decimal(text) for text in revenue[:20]]
    expect(page.locator("#churn")).to_contain_text("100,000 → 50,000 → 20,000")
    page.context.close()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_heading_sorts_and_says_so(browser: Browser, served: Served, *, has_script: bool) -> None:
    page = log_in(open_page(browser, served, has_script=has_script), served)
    heading = page.locator("#customers th", has_text="Change %")
    heading.get_by_role("link").click()
    page.wait_for_load_state("networkidle")
    expect(heading).to_have_attribute("aria-sort", "descending")
    changes = [number(text) for text in column(page, "customers", 7) if text != "new"]
    assert changes == sorted(changes, reverse=True)
    heading.get_by_role("link").click()
    page.wait_for_load_state("networkidle")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    page.context.close()


def test_every_csv_button_brings_a_table(browser: Browser, served: Served) -> None:
    page = log_in(open_page(browser, served), served)
    buttons = page.locator("a.csv")
    assert buttons.count() == 10
    for place in range(buttons.count()):
        with page.expect_download() as download:
            buttons.nth(place).click()
        assert download.value.suggested_filename.endswith(".csv")
        with download.value.path().open(encoding="utf-8", newline="") as file:
            assert len(next(csv.reader(file))) > 3
    page.context.close()


def test_the_date_goes_back_in_time(browser: Browser, served: Served) -> None:
    page = log_in(open_page(browser, served), served)
    field = page.get_by_label("As of")
    field.fill("2026-01-15")
    field.dispatch_event("change")
    page.get_by_label("As of").fill("2026-02-15")
    assert "as_of" not in page.url
    field.press("Enter")
    page.wait_for_url("**as_of=2026-02-15**")
    expect(page.locator(".fact").nth(1)).to_contain_text("Billed in Jan 2026")
    assert AS_OF not in page.url
    page.context.close()


def test_a_date_typed_by_hand_is_sent_by_the_button(browser: Browser, served: Served) -> None:
    page = log_in(open_page(browser, served), served)
    page.get_by_label("As of").focus()
    page.keyboard.type("02152026", delay=20)
    assert page.get_by_label("As of").input_value() == "2026-02-15"
    assert "as_of" not in page.url
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**as_of=2026-02-15**")
    page.context.close()


def test_the_order_outlives_the_date_and_the_weeks(browser: Browser, served: Served) -> None:
    page = log_in(open_page(browser, served), served)
    heading = page.locator("#overdue th[data-column=outstanding]")
    heading.get_by_role("link").click()
    expect(heading).to_have_attribute("aria-sort", "descending")
    page.get_by_role("link", name="Week", exact=True).click()
    page.wait_for_url("**trend=week**")
    expect(heading).to_have_attribute("aria-sort", "descending")
    page.get_by_label("As of").fill("2026-03-14")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**as_of=2026-03-14**")
    expect(heading).to_have_attribute("aria-sort", "descending")
    page.context.close()


@pytest.mark.parametrize("width", [390, 768, 880, 1024, 1200, 1280])
def test_tables_fit_narrow_screens(browser: Browser, served: Served, width: int) -> None:
    page = log_in(open_page(browser, served, size=(width, 844)), served)
    for table in ("overdue", "dunning", "customers", "churn", "runs", "taxes"):
        assert page.locator(f"#{table} .scroller").evaluate("box => box.scrollWidth - box.clientWidth") == 0, table
    overlaps = page.evaluate(
        """() => [...document.querySelectorAll(".data tr:first-child")].flatMap((row) => {
            const links = [...row.querySelectorAll("th a")].filter((a) => a.offsetWidth);
            const boxes = links.map((a) => a.getBoundingClientRect());
            return boxes.slice(1).filter((box, place) => box.left < boxes[place].right);
        }).length"""
    )
    assert overlaps == 0
    page.context.close()


def test_weeks_can_be_had_instead_of_months(browser: Browser, served: Served) -> None:
    page = log_in(open_page(browser, served), served)
    page.get_by_role("link", name="Week", exact=True).click()
    page.wait_for_url("**trend=week**")
    assert page.locator("#trend figure").first.locator(".bar").count() == 15
    page.locator(".bar").first.hover()
    expect(page.locator(".tip")).to_contain_text("Week of 1 Dec 2025")
    page.context.close()


def test_before_the_first_invoice_the_page_says_what_to_do(browser: Browser, served: Served) -> None:
    watched = open_page(browser, served)
    page = log_in(watched, served, "/?as_of=2025-06-01")
    expect(page.locator(".hero")).to_contain_text("Nothing has been billed by 1 June 2025")
    assert watched.complaints == []
    page.context.close()


def test_a_keyboard_is_enough(browser: Browser, served: Served) -> None:
    page = log_in(open_page(browser, served), served)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the numbers"
    assert page.get_by_role("main").count() == 1
    unnamed = page.locator("svg:not([aria-hidden]):not([aria-label]):not([aria-labelledby])")
    assert unnamed.count() == 0
    page.context.close()


def test_dark_is_dark_and_readable(browser: Browser, served: Served) -> None:
    page = log_in(open_page(browser, served, is_dark=True), served)
    background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    text = page.evaluate("getComputedStyle(document.body).color")
    assert max(map(int, re.findall(r"\d+", background))) < 60
    assert min(map(int, re.findall(r"\d+", text))) > 200
    page.context.close()


def test_logging_out_closes_the_door(browser: Browser, served: Served) -> None:
    page = log_in(open_page(browser, served), served)
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    page.goto(served.address)
    expect(page).to_have_url(re.compile("/login"))
    page.context.close()


def test_the_customers_page_fits_a_phone(browser: Browser, served: Served) -> None:
    watched = open_page(browser, served, size=PHONE)
    watched.page.goto(f"{served.address}/i/{served.link_token('INV-2026-02-0028')}")
    expect(watched.page.get_by_role("button", name="Pay now")).to_be_visible()
    assert watched.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    assert (watched.complaints, watched.outside) == ([], [])
    watched.page.context.close()
