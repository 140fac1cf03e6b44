"""Judges VAT numbers of the European Union by format and check digits; nobody is asked over the network."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum.eu import vat
from stdnum.util import get_cc_module

_PREFIXES = {"GR": "EL"}
"""The one state whose VAT prefix is not its ISO code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VatNumber:
    """A tax id as it is to be stored. `is_judged` is false outside the EU, where nothing is known about validity."""

    number: str
    is_judged: bool
    is_valid: bool


def judge(country: str, tax_id: str) -> VatNumber:
    """Judge by the rules of the customer's own country; a valid number is stored compact, with its prefix."""
    module = get_cc_module(country.lower(), "vat") if country.lower() in vat.MEMBER_STATES else None
    if module is None:
        return VatNumber(number=tax_id, is_judged=False, is_valid=False)
    if not (tax_id.isascii() and module.is_valid(tax_id)):
        return VatNumber(number=tax_id, is_judged=True, is_valid=False)
    prefix = _PREFIXES.get(country, country)
    digits = module.compact(tax_id).removeprefix(prefix)
    return VatNumber(number=prefix + digits, is_judged=True, is_valid=True)
