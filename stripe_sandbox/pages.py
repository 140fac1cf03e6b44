"""The hosted pages: Checkout, the customer portal, and the bank's question. Plain HTML, no script, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from stripe_sandbox.cards import CARDS, OK, card_identified
from stripe_sandbox.currencies import written
from stripe_sandbox.refusal import Refusal
from stripe_sandbox.resources import checkout, portal
from stripe_sandbox.resources.confirmation import confirm, decline_authentication

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from stripe_sandbox.account import Account
    from stripe_sandbox.cards import Card

_SEE_OTHER, _NOT_FOUND, _REFUSED = 303, 404, 402
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Pages:
    """Renders the pages of one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._templates = Environment(
            loader=PackageLoader("stripe_sandbox", "pages"), autoescape=True, undefined=StrictUndefined
        )

    def routes(self) -> list[Route]:
        """Return where the pages are."""
        return [
            Route("/c/{id}", self._checkout, methods=["GET", "POST"]),
            Route("/p/{id}", self._portal, methods=["GET", "POST"]),
            Route("/a/{id}", self._authentication, methods=["GET", "POST"]),
        ]

    async def _checkout(self, request: Request) -> Response:
        form = await _form(request)
        with self._account.lock:
            self._account.catch_up()
            session = self._account.any_object(request.path_params["id"])
            if session is None or session["object"] != "checkout.session":
                return self._nothing()
            message = None
            if request.method == "POST" and session["status"] == "open":
                try:
                    card, answer = _chosen(form), form.get("answer")
                    intent = checkout.pay(self._account, session["id"], card, authenticated=answer == "yes")
                    if intent["status"] == "requires_action" and answer is None:
                        return self._render("authenticate.html", amount=_amount(intent), card=card.name, outcome=None)
                    if intent["status"] == "requires_action":
                        raise decline_authentication(self._account, intent)
                except Refusal as refusal:
                    message = refusal.message
            if session["status"] == "complete" and session["success_url"]:
                address = session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])
                return RedirectResponse(address, _SEE_OTHER, headers=_HEADERS)
            lines = [
                (line["description"], line["quantity"], written(line["amount_total"], line["currency"]))
                for line in checkout.lines_of(self._account, session["id"])
            ]
            amount = written(session["amount_total"], session["currency"])
            status = _REFUSED if message else 200
            return self._render("checkout.html", status, session=session, lines=lines, amount=amount, message=message)

    async def _portal(self, request: Request) -> Response:
        form = await _form(request)
        with self._account.lock:
            self._account.catch_up()
            session = self._account.any_object(request.path_params["id"])
            if session is None or session["object"] != "billing_portal.session":
                return self._nothing()
            message, is_changed = None, False
            if request.method == "POST":
                try:
                    portal.replace_card(self._account, session["customer"], _chosen(form))
                    is_changed = True
                except Refusal as refusal:
                    message = refusal.message
            customer = self._account.find("customer", session["customer"])
            current = portal.default_card(self._account, session["customer"])
            return self._render(
                "portal.html",
                _REFUSED if message else 200,
                session=session,
                customer=customer,
                card=current["card"] if current else None,
                message=message,
                is_changed=is_changed,
            )

    async def _authentication(self, request: Request) -> Response:
        """Ask, as the cardholder's bank does, about an intent that waits for an answer."""
        form = await _form(request)
        with self._account.lock:
            intent = self._account.any_object(request.path_params["id"])
            if intent is None or intent["object"] != "payment_intent" or intent["status"] != "requires_action":
                return self._nothing()
            back = intent["next_action"].get("redirect_to_url", {}).get("return_url")
            if request.method == "GET":
                return self._render("authenticate.html", amount=_amount(intent), card=None, outcome=None)
            if form.get("answer") == "yes":
                confirm(self._account, intent, {}, authenticated=True)
            else:
                decline_authentication(self._account, intent)
            if back is None:
                return self._render("authenticate.html", amount=_amount(intent), card=None, outcome=intent["status"])
            return RedirectResponse(_returning(back, intent), _SEE_OTHER, headers=_HEADERS)

    def _nothing(self) -> Response:
        return self._render("nothing.html", _NOT_FOUND)

    def _render(self, name: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 - what templates take
        html = self._templates.get_template(name).render(cards=CARDS.values(), **values)
        return HTMLResponse(html, status, headers=_HEADERS)


async def _form(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs((await request.body()).decode()).items()}


def _chosen(form: dict[str, str]) -> Card:
    """Return the card that was typed, or else chosen from the list."""
    number = form.get("number", "").strip()
    if not number:
        return CARDS.get(form.get("card", OK), CARDS[OK])
    card = card_identified(number)
    if card is None:
        raise Refusal(
            "Your card number is incorrect.", status=402, kind="card_error", code="incorrect_number", param="number"
        )
    return card


def _amount(intent: dict[str, Any]) -> str:
    return written(intent["amount"], intent["currency"])


def _returning(address: str, intent: dict[str, Any]) -> str:
    parts = urlsplit(address)
    added = urlencode({"payment_intent": intent["id"], "payment_intent_client_secret": intent["client_secret"]})
    return urlunsplit(parts._replace(query=f"{parts.query}&{added}" if parts.query else added))
