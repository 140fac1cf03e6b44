alter table billing.customers
drop column loaded_stripe_customer_id,
drop column loaded_stripe_payment_method_id;
