from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.given import Given
    from tests.orchestrator.cli.conftest import Billing

COMMANDS = [["run", "2026-02", "--as-of", "2026-03-01"], ["deliver"], ["collect"], ["schedule"]]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_nothing_is_billed_or_sent_while_links_would_lead_nowhere(
    billing: Billing, given: Given, command: list[str]
) -> None:
    given.subscription(given.customer(), given.flat_plan("100.00"))
    result = billing(*command, SMTP_URL="smtp://mail.example", BILLING_PUBLIC_URL="")
    assert result.returncode == 2
    assert "BILLING_PUBLIC_URL is not" in result.stderr
    assert given.value("select count(*) from billing.invoices") == 0


def test_a_run_that_sends_nothing_needs_no_address(billing: Billing, given: Given) -> None:
    given.tax_rate()
    given.subscription(given.customer(), given.flat_plan("100.00"))
    result = billing("run", "2026-02", "--as-of", "2026-03-01", "--no-deliver", SMTP_URL="smtp://mail.example")
    assert result.returncode == 0, result.stderr
