"""billing serve: API, dashboard, the customers' pages, webhooks."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestrator.cli.app import AsOf, app
from orchestrator.config import Settings
from orchestrator.console import print_line, say
from orchestrator.engine.database import connected

LOOPBACK = "127.0.0.1"
PORT = 8000


@app.command()
def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; anything but loopback is seen by others.")
    ] = LOOPBACK,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = PORT,
    as_of: AsOf = None,
    *,
    proxy: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Reverse proxy whose X-Forwarded headers are believed.")
    ] = None,
) -> None:
    """Serve dashboard, API, payment pages and webhooks. Until stopped."""
    from orchestrator.engine.access import WebDatabase  # noqa: PLC0415 - the same
    from orchestrator.gateway.chosen import customer_pages  # noqa: PLC0415 - slow to import, and only needed here
    from orchestrator.web.serve import address_of, bound_socket, first_secret, run_server  # noqa: PLC0415 - the same

    settings = Settings.from_environment()
    with bound_socket(host, port) as listener:
        with connected(settings, "billing_worker", name="serve") as connection:
            secret = first_secret(WebDatabase(connection))
        print_line(f"Dashboard       {address_of(listener)}/")
        print_line(f"API             {address_of(listener)}/api/billing")
        if secret is not None:
            print_line(f"Secret          {secret}")
            say("Password of the pages and bearer token of the API, shown this once and kept over restarts.")
            say("Give everybody else a secret of their own: billing access add NAME --role finance|approver|reader")
        if not settings.stripe_webhook_secret:
            say("STRIPE_WEBHOOK_SECRET is not set: webhooks are refused.")
        run_server(settings, listener, as_of=as_of, payments=customer_pages(settings), proxy=proxy)
    say("Stopped.")
