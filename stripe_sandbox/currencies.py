"""What Stripe asks of an amount: whole minor units, not below the least it will charge."""

from __future__ import annotations

from decimal import Decimal

from stripe_sandbox.endpoint import names
from stripe_sandbox.refusal import Refusal

_ZERO_DECIMAL = names("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
_THREE_DECIMAL = names("bhd jod kwd omr tnd")
_LEAST = {
    **dict.fromkeys(names("aud brl cad chf eur inr nzd sgd usd"), 50),
    "aed": 200,
    "bgn": 100,
    "gbp": 30,
    "czk": 1500,
    "dkk": 250,
    "hkd": 400,
    "huf": 17500,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "thb": 1000,
}
_MOST = 99_999_999


def exponent(currency: str) -> int:
    """Return the decimals of Stripe's minor unit."""
    if currency in _ZERO_DECIMAL:
        return 0
    return 3 if currency in _THREE_DECIMAL else 2


def written(amount: int, currency: str) -> str:
    """Write minor units as people read them."""
    places = exponent(currency)
    return f"{Decimal(amount).scaleb(-places):,.{places}f} {currency.upper()}"


def least(currency: str) -> Decimal:
    """Return the least that is charged, in currency units."""
    return Decimal(_LEAST.get(currency, 1)).scaleb(-exponent(currency))


def refuse_unchargeable(amount: int, currency: str) -> None:
    """Refuse amounts that Stripe refuses; three-decimal currencies are charged to ten of their units only."""
    if amount < 1:
        raise Refusal("Invalid positive integer", param="amount", code="parameter_invalid_integer")
    if amount > _MOST:
        raise Refusal(
            f"Amount must be no more than {written(_MOST, currency)}", param="amount", code="amount_too_large"
        )
    if amount < (at_least := _LEAST.get(currency, 1)):
        raise Refusal(f"Amount must be at least {written(at_least, currency)}", param="amount", code="amount_too_small")
    if currency in _THREE_DECIMAL and amount % 10:
        raise Refusal(f"Invalid amount: {amount} {currency} is not a multiple of 10", param="amount")
