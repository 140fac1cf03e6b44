"""How dates, countries, account numbers and names of any script are worded on paper and in messages."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from babel import Locale
from markupsafe import Markup

from orchestrator.wording.money import exact, format_amount, format_quantity, format_unit_amount

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.wording.money import Exact

EN_DASH = "\N{EN DASH}"

# Embeddings, overrides, isolates and marks: in a name they could reorder the digits that are printed beside it.
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
RIGHT_TO_LEFT = frozenset({"R", "AL"})
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"

REGION_BEFORE_POSTAL_CODE = frozenset({"US", "CA", "AU"})

# Of the European Union, EL being Greece and EU those registered from outside, and of its neighbours that have VAT.
VAT_NUMBER = re.compile(
    r"(AT|BE|BG|CY|CZ|DE|DK|EE|EL|ES|EU|FI|FR|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI|CHE|GB|IS|LI|NO)[ -]?\w"
)

# One CJK font holds the regional shapes of a character; the language of the text picks among them.
LANGUAGE_OF_COUNTRY = {
    "CN": "zh-Hans",
    "SG": "zh-Hans",
    "HK": "zh-Hant",
    "MO": "zh-Hant",
    "TW": "zh-Hant",
    "JP": "ja",
    "KR": "ko",
}


def format_day(value: str) -> str:
    """One unambiguous spelling for readers on both sides of the Atlantic, whatever the locale of the process."""
    day = date.fromisoformat(value)
    return f"{day.day} {_month(day)} {day.year}"


def format_period(first: str, last: str) -> str:
    """Both days, saying the month and the year once where they are the same."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    if start == end:
        return format_day(last)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day} {EN_DASH} {format_day(last)}"
    if start.year == end.year:
        return f"{start.day} {_month(start)} {EN_DASH} {format_day(last)}"
    return f"{format_day(first)} {EN_DASH} {format_day(last)}"


def _month(day: date) -> str:
    return str(_locale().months["format"]["wide"][day.month])


def format_locality(party: Mapping[str, str | None]) -> str:
    """City, region and postal code in the order of the country."""
    city, region, postal_code = party["city"], party["region"], party["postal_code"]
    if party["country"] in REGION_BEFORE_POSTAL_CODE:
        return " ".join(filter(None, [", ".join(filter(None, [city, region])), postal_code]))
    return ", ".join(filter(None, [" ".join(filter(None, [postal_code, city])), region]))


def country_name(code: str) -> str:
    """Country in English; an unassigned code is printed as it is."""
    return str(_locale().territories.get(code, code))


def format_tax_rate(rate: Exact) -> str:
    """A rate with the decimals it has: 0.255 is 25.5%."""
    return f"{format_quantity(exact(rate).scaleb(2))}%"


def tax_label(tax: Mapping[str, str]) -> str:
    """Name a tax with its rate, once, and its country where it is not the addressee's.

    Where none was charged there is no rate to speak of.
    """
    place = f" ({country_name(tax['country'])})" if "country" in tax else ""
    if tax["treatment"] == "no_tax":
        return f"No tax charged{place}"
    rate = format_tax_rate(tax["rate"])
    return (tax["name"] if rate in tax["name"] else f"{tax['name']} {rate}") + place


def tax_number_label(number: str) -> str:
    """Say what a number is that somebody is registered for tax with: VAT numbers begin with the code of their area."""
    return "VAT no." if VAT_NUMBER.match(number) else "Tax no."


def break_at_groups(number: str) -> Markup:
    """Let a number that is wider than its column go on in the next line after a comma, not within its decimals."""
    return Markup(",<wbr>").join(number.split(","))


def language_of_country(code: str) -> str:
    """Language whose character shapes an address is set in; it matters for Chinese, Japanese and Korean only."""
    return LANGUAGE_OF_COUNTRY.get(code, "en")


@cache
def _locale() -> Locale:
    return Locale("en")


def format_iban(value: str) -> str:
    """In groups of four, as it is read out and typed."""
    compact = "".join(value.split())
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def printable(value: object) -> object:
    """Clean whatever a template prints: nothing for null, no control characters, right-to-left text among itself."""
    if value is None:
        return ""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    text = plain_text(value)
    if any(unicodedata.bidirectional(character) in RIGHT_TO_LEFT for character in text):
        return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
    return text


def plain_text(value: str) -> str:
    """Drop what steers the display instead of being displayed."""
    if value.isascii() and value.isprintable():
        return value
    visible = (
        " " if character.isspace() and character != "\u00a0" else character
        for character in value
        if character not in BIDI_CONTROLS
        and (character.isspace() or unicodedata.category(character) not in {"Cc", "Cs"})
    )
    return "".join(visible)


FILTERS = {
    "money": format_amount,
    "unit_price": format_unit_amount,
    "quantity": format_quantity,
    "day": format_day,
    "period": format_period,
    "country": country_name,
    "iban": format_iban,
    "language": language_of_country,
    "locality": format_locality,
    "tax_rate": format_tax_rate,
    "tax_label": tax_label,
    "tax_number_label": tax_number_label,
    "groups": break_at_groups,
}
"""The filters of every template."""

TESTS = {
    "positive": lambda value: exact(value) > 0,
    "negative": lambda value: exact(value) < 0,
}
"""The tests of every template, for amounts."""
