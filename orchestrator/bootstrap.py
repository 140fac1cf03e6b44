"""The composition root: what the settings say becomes the objects that do it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.delivery.charge import Charges
from orchestrator.delivery.works import Documents, Emails, Refunds
from orchestrator.gateway.chosen import payment_gateway
from orchestrator.mail.mailer import mailer_for
from orchestrator.steps import no_boundary

if TYPE_CHECKING:
    from datetime import date

    from orchestrator.config import Settings
    from orchestrator.delivery.workers import Work
    from orchestrator.documents.renderer import PdfRenderer
    from orchestrator.steps import Reached


def works(settings: Settings, renderer: PdfRenderer, *, as_of: date, reached: Reached = no_boundary) -> list[Work]:
    """Return the kinds of work a delivery does; cards are charged only where there is a gateway."""
    gateway = payment_gateway(settings)
    public_url, has_gateway = settings.public_url, gateway is not None
    found: list[Work] = [
        Documents(renderer, as_of=as_of, public_url=public_url, has_gateway=has_gateway, reached=reached)
    ]
    if gateway is not None:
        found.append(Charges(gateway, as_of=as_of, reached=reached))
        found.append(Refunds(gateway, as_of=as_of, reached=reached))
    found.append(
        Emails(mailer_for(settings), as_of=as_of, public_url=public_url, has_gateway=has_gateway, reached=reached)
    )
    return found
