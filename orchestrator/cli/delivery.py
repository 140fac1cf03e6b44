"""billing deliver, collect: from issued invoices to money."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.bootstrap import works
from orchestrator.cli.app import AsOf, Future, app
from orchestrator.cli.checkouts import end_payment_pages
from orchestrator.cli.held import say_held
from orchestrator.config import Settings
from orchestrator.console import counting, print_line, say
from orchestrator.delivery.reviews import Reviews
from orchestrator.delivery.workers import WORKER_ROLE, Deliverer, Delivery
from orchestrator.documents.renderer import PdfRenderer
from orchestrator.engine.database import Database, connected
from orchestrator.errors import DONE, NEEDS_PERSON, OUTSIDE_FAILED, OutsideSystemError
from orchestrator.gateway.chosen import payment_gateway
from orchestrator.gateway.events import find_payments, receive_events
from orchestrator.wording.money import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from orchestrator.gateway.port import PaymentGateway

WORKERS = 10
SHOWN = 20
Workers = Annotated[int, typer.Option(min=1, max=64, help="Worker connections that deliver at once.")]


@app.command()
def deliver(workers: Workers = WORKERS, as_of: AsOf = None, *, future: Future = False) -> None:
    """Issue, mail and charge numbered invoices. Several processes may do so at once."""
    settings = Settings.to_deliver()
    with PdfRenderer() as renderer:
        raise typer.Exit(deliver_all(settings, renderer, workers=workers, as_of=as_of, future=future))


@app.command()
def collect(as_of: AsOf = None, workers: Workers = WORKERS, *, future: Future = False) -> None:
    """Advance dunning, then deliver. Retries, reminders, notices and reviews that are due are taken."""
    settings = Settings.to_deliver()
    fetched = DONE
    reviews = Reviews()
    with connected(settings, WORKER_ROLE, name="collect", as_of=as_of, future=future) as connection:
        database = Database(connection)
        business_date = as_of or database.reporting_date()
        reviews.news(database)
        try:
            gateway = payment_gateway(settings)
            if gateway is not None:
                fetched = _settle_with_provider(database, gateway, as_of=business_date)
        except OutsideSystemError as error:
            say(f"Stripe's events were not fetched; everything else goes on. {error}")
            fetched = error.exit_code
        steps = database.advance_dunning(as_of=business_date)
    due = [counted(steps.charges, "charge"), counted(steps.letters, "e-mail")]
    due += [counted(steps.tasks, "task")] if steps.tasks else []
    print_line(f"{business_date}: due: {', '.join(due)}.")
    if steps.failed:
        say(f"Dunning failed for {counted(steps.failed, 'invoice')} and stopped there; a mail to finance says why.")
    with PdfRenderer() as renderer:
        delivered = deliver_all(
            settings, renderer, workers=workers, as_of=business_date, future=future, reviews=reviews
        )
        raise typer.Exit(max(fetched, delivered, NEEDS_PERSON if steps.failed else DONE))


def _settle_with_provider(database: Database, gateway: PaymentGateway, *, as_of: date) -> int:
    """Take in what the provider knows and we do not; returns the exit code."""
    inbox = receive_events(database, gateway, as_of=as_of)
    for invoice in find_payments(database, gateway, as_of=as_of):
        say(f"{invoice}: a charge that no event told of was found at {gateway.name}, and is booked.")
    for event in inbox.postponed:
        say(f"{event}: not processed, because the database was busy or failed. It waits for the next collect.")
    failed = database.failed_webhook_events()
    for one in failed:
        about = f" of {one.provider_intent_id}" if one.provider_intent_id else ""
        say(f"{one.webhook_event_id} ({one.event_type}{about}): {one.outcome}. A person has to look at it.")
    lost = database.lost_disputes()
    for each in lost:
        if each.is_open:
            say(
                f"{each.invoice_number}: dispute {each.dispute_id} is lost. "
                "Credit the invoice or ask for another payment."
            )
        if each.unbooked:
            say(
                f"{each.invoice_number}: dispute {each.dispute_id} takes {each.unbooked:,f} {each.currency} that had "
                f"gone back already: they are not booked. Look at it at {gateway.name}."
            )
    return max(OUTSIDE_FAILED if inbox.postponed else DONE, NEEDS_PERSON if failed or lost else DONE)


def deliver_all(
    settings: Settings,
    renderer: PdfRenderer,
    *,
    workers: int,
    as_of: date | None,
    future: bool,
    reviews: Reviews | None = None,
) -> int:
    """Deliver, counting on stderr, and name what needs a person since then or `reviews`; returns the exit code."""
    with connected(settings, WORKER_ROLE, name="deliver", as_of=as_of, future=future) as connection:
        database = Database(connection)
        database.refresh_queue()
        business_date = database.reporting_date()
        if reviews is None:
            reviews = Reviews()
            reviews.news(database)
        ended = end_payment_pages(settings, database, as_of=business_date)
        if database.open_work(as_of=business_date).documents:
            renderer.warm()
    kinds = works(settings, renderer, as_of=business_date)
    deliverer = Deliverer(settings, kinds, workers=workers)
    began = time.monotonic()
    with counting(kind.name for kind in kinds) as advance, _stopped_by_sigterm(deliverer):
        delivery = deliverer.deliver(advance=advance)
    seconds = time.monotonic() - began
    for (kind, subject), error in sorted(delivery.failed.items()):
        say(f"{subject} ({kind}): {error}")
    done = ", ".join(counted(delivery.done[kind.name], kind.name.removesuffix("s")) for kind in kinds)
    print_line(f"Delivered: {done}; {seconds:.1f} s.")
    with connected(settings, WORKER_ROLE, name="deliver") as connection:
        database = Database(connection)
        say_held(database)  # a person asked for it, so it fails nothing, and it is not forgotten
        return max(
            ended,
            delivery.exit_code(),
            DONE if settings.stripe_api_key is not None else _report_uncharged(database, as_of=business_date),
            _report_later(database, as_of=business_date),
            _report_refused(database, delivery),
            _report_reviews(database, delivery, reviews),
        )


def _report_uncharged(database: Database, *, as_of: date) -> int:
    """Say how many cards wait for a gateway."""
    waiting = database.open_work(as_of=as_of).charges
    if waiting == 0:
        return DONE
    say(
        f"Not charged: {counted(waiting, 'card invoice')}, because no payment gateway is set up. "
        "Set STRIPE_API_KEY and deliver again."
    )
    return NEEDS_PERSON


def _report_later(database: Database, *, as_of: date) -> int:
    """Say what was left because its documents are dated later: they go out on their day, not before."""
    later = database.later_work(as_of=as_of)
    if later.documents == 0:
        return DONE
    say(
        f"Not delivered: {counted(later.documents, 'document')} dated after {as_of}, the first {later.first_number} of "
        f"{later.first_on}. Deliver as of that day or later."
    )
    return NEEDS_PERSON


def _report_refused(database: Database, delivery: Delivery) -> int:
    """Name what an earlier delivery could not send: nothing but another address helps."""
    refused = database.refused_emails()
    earlier = [email for email in refused if ("e-mails", email.message_id) not in delivery.failed]
    for email in earlier[:SHOWN]:
        say(f"{email.message_id} (e-mails): {email.to_address} was refused for good. {email.last_error or ''}".rstrip())
    if refused:
        say(
            f"Not sent: {counted(len(refused), 'refused e-mail')}. Correct the addresses in customers.csv or "
            "company.toml, load them, and deliver again."
        )
    return NEEDS_PERSON if refused else DONE


def _report_reviews(database: Database, delivery: Delivery, reviews: Reviews) -> int:
    """Name what came into the review queue: nothing more happens to it by itself. What failed is named already."""
    news = reviews.news(database)
    unsaid = [each for each in news if ("charges", each.invoice_number) not in delivery.failed]
    for each in unsaid[:SHOWN]:
        due = f"{each.outstanding:,f} {each.currency}"
        what = f"to do, {each.reason}" if each.is_task else f"in manual review, {each.reason}"
        say(f"{each.invoice_number} of account {each.account_number}: {what}; {due} due.")
    tasks = sum(each.is_task for each in news)
    if len(news) > tasks:
        waiting = counted(len(news) - tasks, "invoice")
        say(f"A person has to decide on {waiting}. All that wait: billing export dunning_queue.")
    if tasks:
        say(f"{counted(tasks, 'task')} of dunning for a person; finance has an e-mail about each.")
    return NEEDS_PERSON if news else DONE


@contextmanager
def _stopped_by_sigterm(deliverer: Deliverer) -> Iterator[None]:
    previous = signal.signal(signal.SIGTERM, lambda *_: deliverer.stop())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
