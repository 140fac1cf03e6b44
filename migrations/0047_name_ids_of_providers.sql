-- Ids of charges, refunds, pages and cards are a provider's, whoever that is. Those of customers.csv keep its names.
-- depends: 0046_create_work_items

set local role billing_owner;

alter table billing.payment_intents rename column stripe_payment_intent_id to provider_intent_id;
alter table billing.payment_intents
rename constraint stripe_payment_intent_id_is_unique to provider_intent_id_is_unique;
alter table billing.payment_attempts rename column stripe_payment_method_id to provider_payment_method_id;
alter table billing.refunds rename column stripe_refund_id to provider_refund_id;
alter table billing.refunds rename constraint stripe_refund_id_is_unique to provider_refund_id_is_unique;
alter table billing.refunds rename constraint stripe_refund_id_matches_state to provider_refund_id_matches_state;
alter table billing.checkout_sessions rename column stripe_checkout_session_id to provider_page_id;
alter table billing.checkout_sessions rename column stripe_customer_id to provider_customer_id;
alter table billing.checkout_sessions
rename constraint stripe_checkout_session_id_is_unique to provider_page_id_is_unique;
