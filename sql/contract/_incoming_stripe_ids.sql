-- What the file leaves empty, or says again, is nothing new: the customer's portal may have renewed it since. A card
-- belongs to its customer at Stripe, so with another of these the file's card is taken, too.
create or replace function billing._incoming_stripe_ids()
returns table (
    line bigint,
    customer_id bigint,
    given_customer_id text,
    given_card_id text,
    new_customer_id text,
    new_card_id text
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    customers.customer_id,
    given.customer_id,
    given.card_id,
    case when news.has_customer then given.customer_id end,
    case
        when news.has_customer or given.card_id is distinct from customers.loaded_stripe_payment_method_id
            then given.card_id
    end
from billing._good_rows() as good
inner join billing.customers on good.fields ->> 'account_number' = customers.account_number
cross join lateral (
    select
        good.fields ->> 'stripe_customer_id' as customer_id,
        good.fields ->> 'stripe_payment_method_id' as card_id
) as given
cross join lateral (
    select coalesce(given.customer_id <> coalesce(customers.loaded_stripe_customer_id, ''), false) as has_customer
) as news
$$;

comment on function billing._incoming_stripe_ids ()
is 'For the staged customers that are stored: the Stripe ids that customers.csv says, and which of them it did not say before (else null).';
