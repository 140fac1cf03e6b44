from __future__ import annotations

import pytest
from markupsafe import Markup

from orchestrator.wording.words import (
    break_at_groups,
    country_name,
    format_day,
    format_iban,
    format_locality,
    format_period,
    plain_text,
    printable,
    tax_label,
    tax_number_label,
)


def test_days_are_spelled_out() -> None:
    assert format_day("2026-03-01") == "1 March 2026"


@pytest.mark.parametrize(
    ("first", "last", "printed"),
    [
        ("2026-02-01", "2026-02-28", "1 \N{EN DASH} 28 February 2026"),
        ("2026-01-15", "2026-02-14", "15 January \N{EN DASH} 14 February 2026"),
        ("2025-12-15", "2026-01-14", "15 December 2025 \N{EN DASH} 14 January 2026"),
        ("2026-02-28", "2026-02-28", "28 February 2026"),
    ],
)
def test_a_period_names_month_and_year_once(first: str, last: str, printed: str) -> None:
    assert format_period(first, last) == printed


@pytest.mark.parametrize(("code", "name"), [("DE", "Germany"), ("JP", "Japan"), ("GB", "United Kingdom"), ("XX", "XX")])
def test_countries_have_english_names(code: str, name: str) -> None:
    assert country_name(code) == name


def test_an_account_number_is_grouped_whatever_its_spacing() -> None:
    assert format_iban("DE0212 0300000000202051") == "DE02 1203 0000 0000 2020 51"


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("a\u2067b\u2069c\u200fd\u061ce", "abcde"),
        ("bell\x07 and nul\x00", "bell and nul"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("joined क्\u200dष", "joined क्\u200dष"),
        ("lone \ud800 surrogate", "lone  surrogate"),
    ],
)
def test_characters_that_steer_the_display_are_dropped(given: str, left: str) -> None:
    assert plain_text(given) == left


def test_right_to_left_text_is_isolated_from_its_neighbours() -> None:
    assert printable("شركة") == "\u2068شركة\u2069"
    assert printable("Northgate") == "Northgate"
    assert printable(None) == ""
    assert printable(Markup("<p>שלום</p>")) == "<p>שלום</p>"


@pytest.mark.parametrize(
    ("country", "region", "postal_code", "line"),
    [
        ("US", "CA", "94105", "San Francisco, CA 94105"),
        ("US", None, "94105", "San Francisco 94105"),
        ("DE", None, "10115", "10115 San Francisco"),
        ("IT", "BO", None, "San Francisco, BO"),
    ],
)
def test_a_place_is_written_as_its_country_does(
    country: str, region: str | None, postal_code: str | None, line: str
) -> None:
    place = {"city": "San Francisco", "region": region, "postal_code": postal_code, "country": country}
    assert format_locality(place) == line


@pytest.mark.parametrize(
    ("number", "label"),
    [
        ("DE136695976", "VAT no."),
        ("EL094014201", "VAT no."),
        ("EU372041931", "VAT no."),
        ("IE 3206488LH", "VAT no."),
        ("CHE-123.456.788 MWST", "VAT no."),
        ("12-3456789", "Tax no."),
        ("27/123/45678", "Tax no."),
        ("No. 12", "Tax no."),
        ("29AAGCB1286Q1ZX", "Tax no."),
    ],
)
def test_a_number_is_called_what_accounting_calls_it(number: str, label: str) -> None:
    assert tax_number_label(number) == label


@pytest.mark.parametrize(
    ("tax", "label"),
    [
        ({"name": "VAT", "rate": "0.190", "treatment": "taxed"}, "VAT 19%"),
        ({"name": "VAT 19%", "rate": "0.19", "treatment": "taxed"}, "VAT 19%"),
        ({"name": "TVA", "rate": "0.2", "treatment": "taxed", "country": "FR"}, "TVA 20% (France)"),
        ({"name": "No tax", "rate": "0", "treatment": "no_tax", "country": "GR"}, "No tax charged (Greece)"),
    ],
)
def test_a_tax_is_named_with_its_country_where_that_is_not_the_addressees(tax: dict[str, str], label: str) -> None:
    assert tax_label(tax) == label


def test_a_long_number_breaks_after_a_comma_and_nowhere_else() -> None:
    assert break_at_groups("1,234,557,890.123456") == Markup("1,<wbr>234,<wbr>557,<wbr>890.123456")
    assert break_at_groups("-0.5") == "-0.5"
