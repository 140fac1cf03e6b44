"""`python -m stripe_sandbox`: run the sandbox until Ctrl-C, for people who want to click."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from stripe_sandbox.sandbox import Sandbox

BILLING_SERVE = "http://127.0.0.1:8000"
"""Where `billing serve` listens unless it is told otherwise."""


def main() -> int:
    """Start, say where, and wait."""
    parser = argparse.ArgumentParser(prog="python -m stripe_sandbox", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=0, help="port of the Stripe-compatible server (default: a free one)"
    )
    parser.add_argument("--smtp-port", type=int, default=0, help="port of the mail server (default: a free one)")
    parser.add_argument("--mail", type=Path, help="folder for received messages as .eml files")
    parser.add_argument("--webhook", help="address on this machine that gets all events")
    wanted = parser.parse_args()
    try:
        sandbox = Sandbox.start(port=wanted.port, smtp_port=wanted.smtp_port, mail_folder=wanted.mail)
    except OSError as error:
        sys.stderr.write(f"The sandbox cannot listen: {error}.\n")
        return 2
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    with sandbox:
        if wanted.webhook:
            sandbox.register_webhook(wanted.webhook)
        sys.stdout.write(
            f"STRIPE_API_BASE={sandbox.stripe_url}\n"
            f"STRIPE_API_KEY={sandbox.api_key}\n"
            f"STRIPE_WEBHOOK_SECRET={sandbox.webhook_secret}\n"
            f"SMTP_URL={sandbox.smtp_url}\n"
            f"BILLING_PUBLIC_URL={BILLING_SERVE}\n"
        )
        sys.stdout.flush()
        signal.sigwait(signals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
