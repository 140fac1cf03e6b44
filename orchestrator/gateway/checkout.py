"""Payment pages of invoices: one at a time, and none while the card is charged.

Each call of the provider is announced in the database before, and no transaction is open meanwhile. The provider
settles who was first: a page that was paid cannot be ended, and then its money is booked instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.engine.checkout import EndedCheckout
from orchestrator.errors import RefusedPageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import date

    from orchestrator.engine.checkout import CheckoutOrder, OpenedCheckout
    from orchestrator.engine.database import Database
    from orchestrator.gateway.port import CheckoutPages

TRIES = 3
"""Pages of another amount that are ended before a customer is told to come back."""


class Checkouts:
    """Opens pages and ends them; `borrow` lends a connection for one step."""

    def __init__(self, pages: CheckoutPages, borrow: Callable[[], AbstractContextManager[Database]]) -> None:
        self._pages = pages
        self._borrow = borrow

    def address(self, invoice_number: str, *, page_url: str) -> str | None:
        """Return where an invoice can be paid; None if there is nothing to pay there now."""
        for _ in range(TRIES):
            with self._borrow() as database:
                if database.begin_checkout(invoice_number=invoice_number, page_url=page_url) is None:
                    return None
                (order,) = database.live_checkouts(invoice_number=invoice_number)
                as_of = database.reporting_date()
            if order.state == "processing":
                return None
            if not order.is_current:
                self._end(order, as_of=as_of)
            elif order.url is not None:
                return order.url
            else:
                return self._opened(order, as_of=as_of).url
        return None

    def end(self, invoice_number: str, *, as_of: date) -> None:
        """End the page of an invoice whose card is about to be charged."""
        with self._borrow() as database:
            orders = database.live_checkouts(invoice_number=invoice_number)
        for order in orders:
            self._end(order, as_of=as_of)

    def settle(self, *, as_of: date, is_thorough: bool = False) -> list[str]:
        """End the pages whose invoice owes something else by now, or ask about all; names those whose money was new."""
        with self._borrow() as database:
            orders = database.live_checkouts(invoice_number=None)
        return [
            order.invoice_number
            for order in orders
            if (is_thorough or not order.is_current) and self._end(order, as_of=as_of, is_kept=order.is_current)
        ]

    def _opened(self, order: CheckoutOrder, *, as_of: date) -> OpenedCheckout:
        """Open a page; one that is refused is over: the next is asked for with what is right by then."""
        try:
            opened = self._pages.open_checkout(order)
        except RefusedPageError:
            with self._borrow() as database:
                database.record_checkout_ended(order, EndedCheckout(state="expired"), as_of=as_of)
            raise
        with self._borrow() as database:
            database.record_checkout_opened(order, opened)
        return opened

    def _end(self, order: CheckoutOrder, *, as_of: date, is_kept: bool = False) -> bool:
        """End a page, or if it is kept ask about it; true if it brought money that was not booked."""
        if order.provider_page_id is None and is_kept:
            return False
        if order.state == "processing" or is_kept:
            ended = self._pages.look_up_checkout(order)
        else:
            ended = self._pages.end_checkout(order)
        if ended.state == "open":
            return False
        with self._borrow() as database:
            return database.record_checkout_ended(order, ended, as_of=as_of)
