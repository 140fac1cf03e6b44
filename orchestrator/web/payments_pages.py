"""The customer's page of one invoice, behind a link that cannot be guessed: what it says, its PDF, and paying it.

Whoever has the link sees this invoice and its credit notes and nothing else. Nothing here tells a customer how the
server is run, errors included.
"""

from __future__ import annotations

import io
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import segno
from markupsafe import Markup
from starlette.responses import RedirectResponse
from starlette.routing import Route

from orchestrator.errors import BillingError, OutsideSystemError, RefusedPageError
from orchestrator.gateway.checkout import Checkouts
from orchestrator.web.customer_errors import customer_error
from orchestrator.web.doors import client_address, refuse_other_sites
from orchestrator.web.limits import RateLimit
from orchestrator.web.pages import pdf_response
from orchestrator.web.problems import too_many_requests
from orchestrator.web.rendering import page
from orchestrator.web.rooms import Room
from orchestrator.web.shell import POLICY

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from orchestrator.engine.session import Document
    from orchestrator.gateway.port import CustomerPages
    from orchestrator.web.connections import Connections
    from orchestrator.web.links import Links

PREFIX = "/i/"
_SETTLED = {"paid", "void"}
_MESSAGES = {
    "thanks": "Thank you. Your payment is being confirmed; this page will show it shortly.",
    "card": "Thank you. If you changed your card, it will be used from now on.",
    "no-card": "The card cannot be changed online at the moment. Please write to us if you want to use another one.",
    "refused": "This invoice cannot be paid online at the moment. Nothing was charged; please write to us.",
    "trouble": "The payment page could not be opened. Nothing was charged; please try again in a minute.",
}


# The forms of these pages end, by way of a redirect, on pages that somebody else hosts.
_LEADS_ELSEWHERE = {"Content-Security-Policy": POLICY.replace("form-action 'self'", "form-action 'self' http: https:")}


class PaymentPages:
    """The pages of customers."""

    def __init__(
        self, connections: Connections, links: Links, payments: CustomerPages | None, *, public_url: str
    ) -> None:
        self._connections = connections
        self._links = links
        self._payments = payments
        self._public_url = public_url
        self._paying = RateLimit(burst=10, per_minute=10)
        self._room = Room("stripe-pages", threads=8, wait_seconds=20)

    def routes(self) -> list[Route]:
        """Return where the pages are."""
        return [
            Route("/i/{token}", self._show, methods=["GET"]),
            Route("/i/{token}/invoice.pdf", self._pdf, methods=["GET"]),
            Route("/i/{token}/credit-notes/{number}.pdf", self._credit_note_pdf, methods=["GET"]),
            Route("/i/{token}/pay", self._back, methods=["GET"]),
            Route("/i/{token}/pay", self._room.answering(self._pay), methods=["POST"]),
            Route("/i/{token}/card", self._card, methods=["GET"]),
            Route("/i/{token}/card", self._room.answering(self._change_card), methods=["POST"]),
        ]

    def _show(self, request: Request) -> Response:
        invoice = self._find(request)
        if invoice is None:
            return customer_error(HTTPStatus.NOT_FOUND)
        return self._page(request, invoice, request.query_params.get("from", ""))

    def _page(self, request: Request, invoice: Document, message: str, status: int = HTTPStatus.OK) -> Response:
        is_open = invoice["status"] not in _SETTLED
        is_confirming = is_open and message == "thanks"
        is_planned = invoice["charge_on"] is not None
        pays_by_card = self._payments is not None and (is_planned or invoice["pays_by"] == "card")
        return page(
            "payment.html",
            {
                "invoice": invoice,
                "seller": invoice["seller"],
                "currency": invoice["currency"],
                "token": request.path_params["token"],
                "is_open": is_open,
                "pays_by_card": pays_by_card,
                "is_confirming": is_confirming,
                "is_charged": is_open and pays_by_card and not invoice["is_declined"],
                "can_pay_online": self._can_pay_online(invoice) and not is_confirming,
                "can_change_card": self._can_change_card(invoice),
                "qr_code": _qr_code(invoice["epc_payload"]),
                "message": _MESSAGES.get(message),
                "is_alarm": message in {"trouble", "refused"},
            },
            status=status,
            headers=_LEADS_ELSEWHERE,
        )

    def _can_change_card(self, invoice: Document) -> bool:
        return self._payments is not None and bool(invoice["stripe_customer_id"])

    def _can_pay_online(self, invoice: Document) -> bool:
        """Whoever saved another card has paid as far as they know: they are offered no second way meanwhile."""
        is_charged = invoice["is_processing"] or invoice["is_charged_again"]
        is_payable = invoice["status"] not in _SETTLED and not is_charged
        return self._payments is not None and is_payable and _integer(invoice["stripe_amount"]) > 0

    def _pdf(self, request: Request) -> Response:
        invoice = self._find(request)
        if invoice is None:
            return customer_error(HTTPStatus.NOT_FOUND)
        return self._document(str(invoice["number"]))

    def _credit_note_pdf(self, request: Request) -> Response:
        invoice = self._find(request)
        number = request.path_params["number"]
        if invoice is None or number not in {note["number"] for note in _objects(invoice["credit_notes"])}:
            return customer_error(HTTPStatus.NOT_FOUND)
        return self._document(number)

    def _document(self, number: str) -> Response:
        with self._connections.working() as database:
            try:
                pdf = database.document_pdf(document_number=number)
            except BillingError:
                return customer_error(HTTPStatus.NOT_FOUND)
        return pdf_response(pdf, number)

    def _pay(self, request: Request) -> Response:
        invoice = self._find(request)
        if invoice is None:
            return customer_error(HTTPStatus.NOT_FOUND)
        refuse_other_sites(request)
        if self._payments is None or not self._can_pay_online(invoice):
            return RedirectResponse(f"/i/{request.path_params['token']}", HTTPStatus.SEE_OTHER)
        self._count_payment(invoice)
        token = request.path_params["token"]
        checkouts = Checkouts(self._payments, self._connections.working)
        try:
            address = checkouts.address(str(invoice["number"]), page_url=f"{self._public_url}/i/{token}")
        except RefusedPageError:
            return self._page(request, invoice, "refused", HTTPStatus.CONFLICT)
        except OutsideSystemError:
            return self._page(request, invoice, "trouble", HTTPStatus.BAD_GATEWAY)
        return RedirectResponse(address or f"/i/{token}", HTTPStatus.SEE_OTHER)

    def _back(self, request: Request) -> Response:
        """Whoever opens the address of a form again is shown the form."""
        return RedirectResponse(f"/i/{request.path_params['token']}", HTTPStatus.SEE_OTHER)

    def _card(self, request: Request) -> Response:
        """Show the one button: mail programs open every link ahead of the customer, and may start nothing by it."""
        invoice = self._find(request)
        if invoice is None:
            return customer_error(HTTPStatus.NOT_FOUND)
        token = request.path_params["token"]
        if not self._can_change_card(invoice):
            return RedirectResponse(f"/i/{token}?from=no-card", HTTPStatus.SEE_OTHER)
        values = {"invoice": invoice, "seller": invoice["seller"], "token": token}
        return page("card.html", values, headers=_LEADS_ELSEWHERE)

    def _change_card(self, request: Request) -> Response:
        invoice = self._find(request)
        if invoice is None:
            return customer_error(HTTPStatus.NOT_FOUND)
        refuse_other_sites(request)
        here = f"/i/{request.path_params['token']}"
        if self._payments is None or not self._can_change_card(invoice):
            return RedirectResponse(f"{here}?from=no-card", HTTPStatus.SEE_OTHER)
        self._count_payment(invoice)
        try:
            address = self._payments.portal_url(
                customer_id=str(invoice["stripe_customer_id"]), return_url=f"{self._public_url}{here}?from=card"
            )
        except RefusedPageError:
            return self._page(request, invoice, "no-card", HTTPStatus.CONFLICT)
        except OutsideSystemError:
            return self._page(request, invoice, "trouble", HTTPStatus.BAD_GATEWAY)
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)

    def _count_payment(self, invoice: Document) -> None:
        """Limit each invoice by itself: many customers may share an address, and none may stop another."""
        if wait := self._paying.take(str(invoice["number"])):
            raise too_many_requests(wait)

    def _find(self, request: Request) -> Document | None:
        return self._links.find(request.path_params["token"], address=client_address(request))


def _objects(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a field of a JSON document
    if not isinstance(value, list):
        raise TypeError(f"expected a list, got {type(value).__name__}")
    return value


def _integer(value: Any) -> int:  # noqa: ANN401 - a field of a JSON document
    if not isinstance(value, int):
        raise TypeError(f"expected an integer, got {type(value).__name__}")
    return value


def _qr_code(payload: object) -> Markup | None:
    """Draw the code that banking apps read, as a picture in the page."""
    if not payload:
        return None
    code = segno.make(str(payload), error="m", boost_error=False, micro=False, encoding="utf-8")
    drawing = io.BytesIO()
    code.save(drawing, kind="svg", xmldecl=False, svgns=True, border=2, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawing.getvalue().decode())  # noqa: S704 - drawn here, holds no text of anybody
