-- Who may do what. Functions are closed to everybody by default (migration 0001), tables to everybody but their owner:
-- what is not listed here is not allowed. billing_owner owns and deploys; nobody works as it.

-- billing_reader uses the schema for the arithmetic below; it can read no table in it.
grant usage on schema billing to billing_ingest, billing_worker, billing_analyst, billing_reader;

-- Anybody who reads reports: the date they are taken for.
grant execute on function billing.reporting_date() to billing_reader, billing_analyst, billing_worker;
grant execute on function billing.datev_batch(date) to billing_reader, billing_worker;
-- And what reports ask the engine: what comes next in dunning, what the weeks of an open month cost, and what
-- later invoices bill of it.
grant execute on function
billing.accrued_by_invoices(date, date),
billing.next_dunning_step(text, text, integer),
billing.usage_accruals(date, date, boolean)
to billing_reader, billing_analyst, billing_worker;

-- Analysts read every table but the secrets and the locks, and use the public arithmetic.
grant select on all tables in schema billing to billing_analyst;
revoke select on table
billing.seller_profiles, billing.api_tokens, billing.payment_links, billing.locks
from billing_analyst;
grant select (
    name, address_line1, postal_code, city, region, country, tax_registration_number, email, website, iban, bic,
    bank_name, billing_timezone, payment_terms_days, invoice_prefix
) on table billing.seller_profiles to billing_analyst;
grant execute on function
billing.price_quantity(text, jsonb, numeric, numeric),
billing.priced_tiers(text, jsonb, numeric, numeric),
billing.tier_quantity(text, numeric, numeric, numeric, numeric),
billing.round_amount(numeric, text),
billing.currency_exponent(text),
billing.prorated_amount(numeric, integer, integer, text),
billing.prorated_share(numeric, integer, integer, integer),
billing.billing_period_end(date),
billing.billing_timezone()
to billing_analyst, billing_reader;

-- The orchestrator: commands only, no table.
grant execute on function
billing.advance_dunning(date),
billing.assign_bank_transaction(bigint, text[], date, boolean),
billing.assign_bank_transaction_to_account(bigint, text, date),
billing.assign_bank_transaction_to_payment(bigint, bigint, date),
billing.authenticate_api_token(bytea),
billing.audit_hash(bigint),
billing.audit_head(),
billing.bank_payment_suggestions(bigint[]),
billing.bank_suggestions(bigint[]),
billing.begin_checkout(text, text),
billing.begin_payment_attempt(bigint, integer, date),
billing.begin_refund(bigint, integer, date),
billing.billing_timezone(),
billing.broken_invariants(),
billing.claim_documents(text, integer, interval, timestamptz, date),
billing.claim_emails(text, integer, interval, timestamptz, boolean, date),
billing.accrue_weeks(),
billing.add_charge(text, text, text, numeric, date, date),
billing.cancel_subscription(text, text, date, date),
billing.change_subscription(text, text, date, text, numeric, date),
billing.changed_charges(),
billing.pause_subscription(text, text, date, date),
billing.resume_subscription(text, text, date, date),
billing.service_period_end(text, text, date),
billing.note_owed(jsonb),
billing.claim_work(text, text, integer, interval, timestamptz, date),
billing.close_month(date, date),
billing.is_closed(date),
billing.closing_concerns(date),
billing.reopen_month(date, text, date),
billing.close_run(date, date, boolean),
billing.complete_document(bigint, integer, bytea),
billing.add_access(text, text, bytea),
billing.add_first_access(text, text, bytea),
billing.revoke_access(text),
billing.standing_access(),
billing.correct_event(text, text, numeric, text, date),
billing.credit_invoice(text, integer, numeric, text, date, boolean),
billing.document_content(bigint, text, boolean),
billing.document_pdf(text),
billing.draft_invoices(date, date),
billing.draft_document(text, text, boolean),
billing.email_message(bigint, text, boolean, date),
billing.failed_webhook_events(),
billing.fetch_webhook_events_since(),
billing.find_bank_transaction(text),
billing.give_back_work(text, bigint, integer, text),
billing.held_runs(),
billing.hold_dunning(text, date, text, date),
billing.ignore_bank_transaction(bigint, text),
billing.import_bank_entries(text, jsonb),
billing.invoice_by_link_token(text),
billing.later_work(date),
billing.lift_dunning_hold(text, date),
billing.link_invoices(integer),
billing.live_checkouts(text),
billing.lost_disputes(),
billing.maintain_partitions(date, integer),
billing.open_documents(),
billing.open_payment_intents(),
billing.open_work(date),
billing.payment_page(text),
billing.postpone_webhook_event(text, text),
billing.preview_changes(date, text),
billing.preview_lines(date, text),
billing.preview_totals(date, text),
billing.process_webhook_event(text, date),
billing.receive_webhook_event(jsonb),
billing.record_charge_canceled(bigint, integer, date),
billing.record_charge_declined(bigint, integer, text, text, date),
billing.record_charge_succeeded(bigint, bigint, date),
billing.record_charge_unknown(bigint, integer, text),
billing.record_checkout_ended(bigint, text, text, bigint, date),
billing.record_checkout_opened(bigint, text, text),
billing.record_email_result(bigint, integer, text, text),
billing.record_found_payment(text, bigint, date),
billing.record_payment(text, numeric, date, text, text, boolean),
billing.record_payment_intent(bigint, integer, text),
billing.record_payout(text, numeric, date, text, boolean),
billing.record_refund_failed(bigint, integer, text, date),
billing.record_refund_succeeded(bigint, text, date),
billing.record_refund_unknown(bigint, integer, text),
billing.record_provider_customer(bigint, text),
billing.record_webhook_fetch(text),
billing.refused_emails(),
billing.require_open_day(date),
billing.release_run(date, date),
billing.require_bank_entries(text, jsonb),
billing.reverse_payment(bigint, text, date),
billing.reverse_payout(bigint, text, date),
billing.reviews_since(bigint),
billing.refresh_queue(),
billing.roll_up_usage(),
billing.run_warnings(date, text),
billing.seal_records(integer),
billing.seller_name(),
billing.shown_amount(numeric, text),
billing.stored_document(bigint),
billing.stored_documents(),
billing.stored_documents_of_month(date),
billing.try_lead(),
billing.undo_bank_transaction(bigint, text, date),
billing.unmatched_bank_transactions(),
billing.unsealed_records(),
billing.verify_run(date),
billing.void_invoice(text, text, date, boolean),
billing.waiting_webhook_events(integer)
to billing_worker;

-- Files in: the orchestrator loads both kinds, billing_ingest only events.
grant execute on function
billing.begin_file(),
billing.catalog_rows(),
billing.changed_scope(),
billing.file_problems(),
billing.load_seller(),
billing.load_metrics(boolean),
billing.load_customers(boolean),
billing.load_plans(boolean),
billing.load_tiers(boolean),
billing.load_prices(boolean),
billing.load_subscriptions(boolean),
billing.load_discounts(boolean),
billing.load_commitments(boolean),
billing.load_charges(boolean),
billing.load_tax_rates(boolean),
billing.load_corrections(),
billing.load_warnings(date)
to billing_worker;
grant execute on function
billing.begin_event_batch(),
billing.check_events(timestamptz, boolean),
billing.event_problems(integer),
billing.ingest_events(text, timestamptz, boolean),
billing.metrics_without_plan(text[]),
billing.retry_rejected_events(bigint, timestamptz, boolean)
to billing_ingest, billing_worker;
