"""The whole of what each role may do: whoever grants something more changes a list here, where a reviewer sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.deployment.deploy import ROLES

if TYPE_CHECKING:
    import psycopg

ARITHMETIC = """
accrued_by_invoices
billing_period_end
billing_timezone
currency_exponent
next_dunning_step
price_quantity
priced_tiers
prorated_amount
prorated_share
reporting_date
round_amount
tier_quantity
usage_accruals
"""
EVENTS_IN = """
begin_event_batch
check_events
event_problems
ingest_events
metrics_without_plan
retry_rejected_events
"""
COMMANDS = """
accrue_weeks
add_access
add_charge
add_first_access
advance_dunning
assign_bank_transaction
assign_bank_transaction_to_account
assign_bank_transaction_to_payment
audit_hash
audit_head
authenticate_api_token
bank_payment_suggestions
bank_suggestions
begin_checkout
begin_file
begin_payment_attempt
begin_refund
broken_invariants
cancel_subscription
catalog_rows
change_subscription
changed_charges
changed_scope
claim_documents
claim_emails
claim_work
close_month
close_run
closing_concerns
datev_batch
complete_document
correct_event
credit_invoice
document_content
document_pdf
draft_document
draft_invoices
email_message
failed_webhook_events
fetch_webhook_events_since
file_problems
find_bank_transaction
give_back_work
held_runs
is_closed
hold_dunning
ignore_bank_transaction
import_bank_entries
invoice_by_link_token
later_work
lift_dunning_hold
link_invoices
live_checkouts
load_charges
load_commitments
load_corrections
load_customers
load_discounts
load_metrics
load_plans
load_prices
load_seller
load_subscriptions
load_tax_rates
load_tiers
load_warnings
lost_disputes
maintain_partitions
note_owed
open_documents
open_payment_intents
open_work
pause_subscription
payment_page
postpone_webhook_event
preview_changes
preview_lines
preview_totals
process_webhook_event
receive_webhook_event
record_charge_canceled
record_charge_declined
record_charge_succeeded
record_charge_unknown
record_checkout_ended
record_checkout_opened
record_email_result
record_found_payment
record_payment
record_payment_intent
record_payout
record_refund_failed
record_refund_succeeded
record_refund_unknown
record_provider_customer
record_webhook_fetch
refused_emails
refresh_queue
release_run
reopen_month
require_open_day
require_bank_entries
resume_subscription
reverse_payment
reverse_payout
reviews_since
revoke_access
roll_up_usage
run_warnings
seal_records
seller_name
service_period_end
shown_amount
standing_access
stored_document
stored_documents
stored_documents_of_month
try_lead
undo_bank_transaction
unmatched_bank_transactions
unsealed_records
verify_run
void_invoice
waiting_webhook_events
"""
ANALYSTS_READ = """
accrued_weeks
allowed_dunning_steps
audit_log
bank_transactions
billing_events
billing_events_template
billing_run_customers
billing_runs
charges
checkout_sessions
commitments
contract_changes
countries
credit_note_line_items
credit_notes
creditable_amounts
currencies
customers
daily_usage
decline_codes
discounts
discounts_in_order
disputes
document_series
documents
dunning_cases
dunning_holds
dunning_letters
dunning_policy
dunning_steps
dunning_transitions
email_attempts
emails
event_batches
event_conflicts
event_corrections
invoice_balances
invoice_line_discounts
invoice_line_items
invoice_taxes
invoice_transitions
invoices
least_charges
metrics
month_accruals
month_closings
payment_applications
payment_attempts
payment_balances
payment_intents
payment_reversals
payments
payouts
price_cells
price_days
price_ladders
price_tiers
prices
pricing_plans
providers
refunds
rejected_events
seller_profiles
settled_periods
subscription_phases
subscription_spans
subscriptions
tax_rates
usage_cells
usage_keys
usage_months
usage_watermarks
waiting_services
webhook_events
webhook_watermarks
work_items
"""
FUNCTIONS = {
    "billing_ingest": EVENTS_IN,
    "billing_worker": ARITHMETIC + EVENTS_IN + COMMANDS,
    "billing_analyst": ARITHMETIC,
    "billing_reader": ARITHMETIC + "datev_batch\n",
}
RELATIONS = {
    "billing_ingest": "",
    "billing_worker": "",
    "billing_analyst": ANALYSTS_READ,
    "billing_reader": "",
}
MEMBERS = {
    ("billing_owner", "billing_analyst"),
    ("billing_owner", "billing_ingest"),
    ("billing_owner", "billing_reader"),
    ("billing_owner", "billing_worker"),
    ("billing_worker", "billing_reader"),
}


def found(database: psycopg.Connection, query: str, *values: object) -> set[str]:
    return {name for (name,) in database.execute(query.encode(), values)}


@pytest.mark.parametrize("role", FUNCTIONS)
def test_a_role_may_call_this_and_nothing_else(database: psycopg.Connection, role: str) -> None:
    query = """
        select proname from pg_proc
        where pronamespace = 'billing'::regnamespace and has_function_privilege(%s, oid, 'execute')
    """
    assert found(database, query, role) ^ set(FUNCTIONS[role].split()) == set()


@pytest.mark.parametrize("role", RELATIONS)
def test_a_role_may_read_this_and_nothing_else(database: psycopg.Connection, role: str) -> None:
    query = """
        select relname from pg_class
        where relnamespace = 'billing'::regnamespace and relkind in ('r', 'p', 'v') and not relispartition
            and has_any_column_privilege(%s, oid, 'select')
    """
    assert found(database, query, role) ^ set(RELATIONS[role].split()) == set()


@pytest.mark.parametrize("role", RELATIONS)
def test_no_role_has_any_right_on_a_table_but_to_read(database: psycopg.Connection, role: str) -> None:
    query = """
        select relname from pg_class
        where relnamespace = 'billing'::regnamespace and relkind in ('r', 'p', 'v')
            and (has_table_privilege(%(role)s, oid, 'insert, update, delete, truncate, references, trigger')
                or has_any_column_privilege(%(role)s, oid, 'insert, update, references'))
    """
    assert {name for (name,) in database.execute(query.encode(), {"role": role})} == set()


def test_members_of_the_roles_are_these(database: psycopg.Connection) -> None:
    query = "select member::regrole::text, roleid::regrole::text from pg_auth_members"
    rows = database.execute(query.encode()).fetchall()
    assert {row for row in rows if row[0] in ROLES} == MEMBERS


def test_every_other_function_is_the_owners_alone(database: psycopg.Connection) -> None:
    query = """
        select distinct acl.grantee::regrole::text
        from pg_proc cross join lateral aclexplode(coalesce(proacl, acldefault('f', proowner))) as acl
        where pronamespace = 'billing'::regnamespace
    """
    assert found(database, query) == set(ROLES)
