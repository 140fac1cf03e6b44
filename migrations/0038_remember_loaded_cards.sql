-- customers.csv keeps saying which card it once named, while its customer may have renewed it on the portal since: only
-- what is new in the file is taken.
-- depends: 0037_reword_database_role

set local role billing_owner;

alter table billing.customers
add column loaded_stripe_customer_id text,
add column loaded_stripe_payment_method_id text;

comment on column billing.customers.loaded_stripe_customer_id is 'What customers.csv last said.';
comment on column billing.customers.loaded_stripe_payment_method_id
is 'What customers.csv last said; the customer may have renewed the card since.';

-- What files said until now is not known: the card that is stored, or the one charged before it was renewed.
update billing.customers
set
    loaded_stripe_customer_id = customers.stripe_customer_id,
    loaded_stripe_payment_method_id = coalesce(
        (
            select payment_attempts.stripe_payment_method_id
            from billing.payment_attempts
            inner join billing.invoices using (invoice_id)
            where
                invoices.customer_id = customers.customer_id
                and payment_attempts.stripe_payment_method_id <> customers.stripe_payment_method_id
                and exists (
                    select from billing.webhook_events
                    where
                        webhook_events.stripe_customer_id = customers.stripe_customer_id
                        and webhook_events.outcome like 'new card%'
                )
            order by payment_attempts.payment_attempt_id desc
            limit 1
        ),
        customers.stripe_payment_method_id
    );
