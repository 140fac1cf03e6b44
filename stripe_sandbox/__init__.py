"""A stand-in for Stripe and for a mail server, on loopback, for the demo and the tests.

It speaks Stripe's wire format to the real `stripe` library and SMTP to smtplib, keeps its state in memory, lives by a
clock of its own, and fails on demand. What it answers is checked against the names and types of the `stripe` package.

    with Sandbox.start() as sandbox:
        client = stripe.StripeClient(sandbox.api_key, base_addresses={"api": sandbox.stripe_url})
"""

from stripe_sandbox.cards import CARDS
from stripe_sandbox.faults import Fault
from stripe_sandbox.sandbox import Sandbox, SandboxCustomer
from stripe_sandbox.smtp_sink import MailFaults, ReceivedMail

__all__ = ["CARDS", "Fault", "MailFaults", "ReceivedMail", "Sandbox", "SandboxCustomer"]
