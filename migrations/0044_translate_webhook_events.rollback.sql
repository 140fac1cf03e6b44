comment on table billing.disputes is 'Disputed charges (chargebacks) and inquiries at Stripe.';
comment on column billing.disputes.status
is 'Stripe''s word; won, lost and warning_closed are final. All but won and warning_closed stop the dunning of what the charge had paid.';
alter table billing.disputes
drop constraint dispute_status_is_known;
alter table billing.disputes
rename column provider_intent_id to stripe_payment_intent_id;
comment on column billing.webhook_events.event_type is null;
comment on column billing.webhook_events.payload is null;
alter table billing.webhook_events
drop column provider,
drop column kind,
drop column provider_charge_id,
drop column provider_refund_id,
drop column provider_dispute_id,
drop column provider_payment_method_id,
drop column provider_page_id,
drop column amount,
drop column currency,
drop column code,
drop column failure_kind,
drop column dispute_status,
drop column invoice_number,
drop column attempt_key,
drop column refund_key,
drop column outcome_kind;
alter table billing.webhook_events
rename column provider_intent_id to stripe_payment_intent_id;
alter table billing.webhook_events
rename column provider_customer_id to stripe_customer_id;
drop type billing.webhook_outcome;
drop table billing.providers;
