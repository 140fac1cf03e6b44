"""Reads company.toml, the seller: its fields as text, its logo as bytes, and what check digits say about its bank."""

from __future__ import annotations

import re
import tomllib
from base64 import b64encode
from typing import TYPE_CHECKING

from stdnum import bic, iban

from orchestrator.errors import BillingError
from orchestrator.source_files import text_problem

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = (
    "name",
    "address_line1",
    "postal_code",
    "city",
    "region",
    "country",
    "tax_registration_number",
    "email",
    "website",
    "iban",
    "bic",
    "bank_name",
    "billing_timezone",
    "payment_terms_days",
    "invoice_prefix",
    "logo",
)
MAX_LOGO = 1024 * 1024
_SVG = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE[^>]*>\s*)?<svg[\s>]", re.DOTALL
)


def read_company(path: Path) -> tuple[dict[str, object], list[str]]:
    """Return the fields as `billing.load_seller` wants them staged, and the keys nobody asked for."""
    found = _parsed(path)
    fields: dict[str, object] = {name: _text(path, name, found[name]) for name in FIELDS if name in found}
    fields = {name: value for name, value in fields.items() if value}
    if "iban" in fields:
        number = str(fields["iban"])
        fields["is_iban_valid"] = number.isascii() and iban.is_valid(number)
        fields["iban"] = iban.compact(number)
    if "bic" in fields:
        number = str(fields["bic"])
        fields["is_bic_valid"] = number.isascii() and bic.is_valid(number)
        fields["bic"] = bic.compact(number)
    if "logo" in fields:
        fields |= _logo(path.parent / str(fields["logo"]))
    return fields, [key for key in found if key not in FIELDS]


def _parsed(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise BillingError(f"{path.name} is not UTF-8 text. Nothing was loaded.") from error
    except tomllib.TOMLDecodeError as error:
        raise BillingError(f"{path.name} cannot be read: {error}. Nothing was loaded.") from error
    except OSError as error:
        raise BillingError(f"{path.name} cannot be read: {error.strerror}. Nothing was loaded.") from error


def _text(path: Path, name: str, value: object) -> str:
    """Only texts and whole numbers are wanted; a table or a date is a mistake that no field can hold."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BillingError(f"{path.name}: {name}: {value!r}: expected a text. Nothing was loaded.")
    text = str(value).strip()
    if problem := text_problem(text):
        raise BillingError(f"{path.name}: {name}: expected {problem}. Nothing was loaded.")
    return text


def _logo(path: Path) -> dict[str, object]:
    """Tell the kind of picture by its content, because that is what a PDF or a browser will do."""
    try:
        with path.open("rb") as file:
            picture = file.read(MAX_LOGO + 1)
    except OSError:
        return {"logo_problem": "the path of a readable file"}
    if len(picture) > MAX_LOGO:
        return {"logo_problem": "a picture of at most 1 MB"}
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = "image/png"
    elif picture.startswith(b"\xff\xd8\xff"):
        kind = "image/jpeg"
    elif _SVG.match(picture):
        kind = "image/svg+xml"
    else:
        return {"logo_problem": "a PNG, JPEG or SVG picture"}
    return {"logo_media_type": kind, "logo_base64": b64encode(picture).decode()}
