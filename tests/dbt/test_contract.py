"""Other people's scripts rely on these names: they may be added to, never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import psycopg

    from tests.conftest import Connect

FIXED = {
    "invoices": """
        period invoice_number account_number customer_name currency usage subscription proration subtotal tax_rate
        tax_treatment tax total amount_paid amount_due status dunning_state collection_method issued_on due_on paid_on
    """,
    "invoice_lines": """
        period invoice_number position kind subscription code plan_code cell tier description quantity unit_amount
        gross_amount discount amount service_start service_end
    """,
    "subscriptions": """
        account_number subscription plan_code phase_start phase_end quantity price_valid_from is_negotiated
        interval_months billed_in next_due_on mrr
    """,
    "outstanding": "invoice_number account_number currency total outstanding due_on days_overdue bucket",
    "aging": "currency bucket invoices outstanding share",
    "mrr": """
        month currency usage subscription proration mrr tax billed growth new expansion contraction churned period_start
        reactivated proration_effect
    """,
    "mrr_weekly": "week currency usage subscription mrr growth new_customers_mrr existing_customers_mrr",
    "revenue_by_customer": """
        month rank account_number customer_name segment currency revenue previous_revenue change change_pct
    """,
    "churn_risk": """
        account_number customer_name reason usage_3 usage_2 usage_1 decline_pct failed_payments outstanding score
    """,
    "tax_summary": "period country region rate treatment currency invoices taxable tax",
    "unbilled_usage": "period account_number metric quantity first_at last_at reason",
    "dunning_queue": """
        account_number invoice_number state since next_action next_action_on failure_reason amount_due
    """,
    "dunning_log": "invoice_number at business_date from_state to_state reason actor",
    "runs": """
        period started_at finished_at customers invoiced skipped parked usage subscription proration tax total
    """,
    "bank_matches": "entry_id booked_on amount invoice_number applied status",
    "credit_balances": "account_number currency balance",
    "customers": """
        account_number customer_name segment country currency collection_method signed_up_on first_billed_month
        last_billed_month active_subscriptions mrr outstanding credit_balance
    """,
    "usage_daily": "day account_number metric dimensions quantity events",
    "retention": """
        month currency opening_mrr nrr grr customers new_customers churned_customers reactivated_customers
    """,
    "months": "month starts_on ends_on is_run is_closed",
    "payments": """
        payment_id received_on booked_on account_number customer_name method reference currency amount applied unapplied
        reversed_on reversal_reason
    """,
    "payment_applications": "payment_id invoice_number applied_on amount",
    "credit_notes": """
        credit_note_number invoice_number account_number issued_on reason currency subtotal tax total refunded credited
    """,
    "refunds": "refund_id credit_note_number account_number requested_on state currency amount",
    "receivables": "month currency opening invoiced credited received voided reversed closing",
    "month_ends": """
        month currency outstanding bucket_current bucket_1_30 bucket_31_60 bucket_60_plus dso collected_share
    """,
    "journal": "entry_id booked_on document account account_number currency debit credit",
    "postings": "posting_id booked_on document debit_account credit_account account_number currency amount",
    "deferred_revenue": "month currency billed recognized deferred",
    "accrued_revenue": "month account_number currency amount",
    "closing_summary": "month currency place figure amount list",
}


def columns(connection: psycopg.Connection, view: str) -> list[str]:
    query = """
        select attname from pg_attribute
        where attrelid = to_regclass('reporting.' || %s) and attnum > 0 and not attisdropped order by attnum
    """
    return [name for (name,) in connection.execute(query, (view,)).fetchall()]


@pytest.mark.parametrize("view", FIXED)
def test_a_view_begins_with_its_fixed_columns(admin: psycopg.Connection, view: str) -> None:
    fixed = FIXED[view].split()
    assert columns(admin, view)[: len(fixed)] == fixed


def test_every_view_is_a_plain_view_of_the_owner(admin: psycopg.Connection) -> None:
    found = admin.execute(
        """
        select relname, relkind, pg_get_userbyid(relowner) from pg_class
        where relnamespace = 'reporting'::regnamespace
        """
    ).fetchall()
    assert sorted(found) == sorted((view, "v", "billing_owner") for view in FIXED)


def test_every_view_and_column_says_what_it_is(admin: psycopg.Connection) -> None:
    silent = admin.execute(
        """
        select c.oid::regclass::text, a.attname from pg_class as c
        inner join pg_attribute as a on a.attrelid = c.oid
        where
            c.relnamespace in ('reporting'::regnamespace, 'reporting_models'::regnamespace)
            and a.attnum > 0 and not a.attisdropped
            and (
                coalesce(col_description(c.oid, a.attnum), '') = ''
                or coalesce(obj_description(c.oid, 'pg_class'), '') not like 'One row%'
            )
        """
    ).fetchall()
    assert silent == []


@pytest.mark.parametrize("view", FIXED)
def test_the_reader_needs_no_other_right(connect: Connect, view: str) -> None:
    rows = connect("billing_reader").execute(f"select * from reporting.{view}".encode()).fetchall()
    assert rows == []
