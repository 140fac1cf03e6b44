"""A mail as the database describes it, for the tests of building and of sending."""

from __future__ import annotations

from typing import Any

SELLER = {
    "name": "Northgate API, Inc.",
    "address_line1": "500 Howard Street",
    "postal_code": "94105",
    "city": "San Francisco",
    "region": "CA",
    "country": "US",
    "tax_registration_number": "EU372041931",
    "email": "billing@northgate.example",
    "website": "https://northgate.example",
    "iban": "DE02120300000000202051",
    "bic": "BYLADEM1001",
    "bank_name": "Deutsche Kreditbank Berlin",
}

PAYMENT_URL = "https://northgate.example/i/7Qm3vPz0K1aZbXyW8rT5uN"
PORTAL_URL = "https://northgate.example/p/9aZbXyW8rT5uN"


def mail(template: str = "reminder", **changes: object) -> dict[str, Any]:
    return {
        "template": template,
        "message_id": "<invoice-47.reminder@northgate.example>",
        "date": "2026-04-07T08:00:00+00:00",
        "from": {"name": "Northgate API, Inc.", "address": "billing@northgate.example"},
        "to": {"name": "Müller & Söhne GmbH", "address": "ap@mueller.example"},
        "customer": {"name": "Müller & Söhne GmbH", "account_number": "C-1", "billing_email": "ap@mueller.example"},
        "document_number": "INV-2026-02-0047",
        "invoice_number": "INV-2026-02-0047",
        "currency": "USD",
        "exponent": 2,
        "amount_due": "1312.91",
        "total": "1312.91",
        "due_on": "2026-03-31",
        "issued_on": "2026-03-01",
        "period_start": "2026-02-01",
        "period_last_day": "2026-02-28",
        "collection_method": "send_invoice",
        "pays_by": "transfer",
        "page_url": PAYMENT_URL,
        "payment_url": PAYMENT_URL,
        "portal_url": PORTAL_URL,
        "seller": SELLER,
        "payment_reference": "INV-2026-02-0047",
        "days_overdue": 7,
        "charged_amount": "0.00",
        "charged_on": None,
        "settled_amount": "0.00",
        "amount_paid": "0.00",
        "credited_amount": "0.00",
        "other_amount": "0.00",
        "paid_invoices": [],
        "credit_amount": "0",
        "failure_reason": None,
        "retry_on": None,
        "review": "unpaid",
        "review_reason": None,
        "advice": None,
        "was_refused": False,
        "returned_on": None,
        "balance_amount": "0.00",
        "credit_note_number": None,
        "credit_reason": None,
        "refund_amount": None,
        "others_amount": "0",
        "kept_amount": "0",
        "paid_amount": "1000.00",
        "paid_on": "2026-04-06",
        "is_returned": False,
        "status": "issued",
        "voided_on": "2026-04-07",
        "is_waived": False,
        "successor": None,
        "replaces": None,
        "attachments": [],
        **changes,
    }
