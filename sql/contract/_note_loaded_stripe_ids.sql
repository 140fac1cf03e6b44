-- Not a change of the customer: nothing that is billed or charged depends on it.
create or replace function billing._note_loaded_stripe_ids()
returns void
language sql
volatile
security invoker
as $$
update billing.customers
set
    loaded_stripe_customer_id = coalesce(ids.given_customer_id, customers.loaded_stripe_customer_id),
    loaded_stripe_payment_method_id = coalesce(ids.given_card_id, customers.loaded_stripe_payment_method_id)
from billing._incoming_stripe_ids() as ids
where
    customers.customer_id = ids.customer_id
    and (
        ids.given_customer_id <> coalesce(customers.loaded_stripe_customer_id, '')
        or ids.given_card_id <> coalesce(customers.loaded_stripe_payment_method_id, '')
    )
$$;

comment on function billing._note_loaded_stripe_ids ()
is 'Remembers the Stripe ids that the staged customers.csv says, so that the same ones again are not taken for new.';
