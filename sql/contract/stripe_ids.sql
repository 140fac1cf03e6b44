-- What the file leaves empty, or says again, is nothing new: the customer's portal may have renewed it since. A card
-- belongs to its customer at Stripe, so with another of these the file's card is taken, too.
create or replace function billing._incoming_stripe_ids()
returns table (
    line bigint,
    account_number text,
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
    given.account_number,
    customers.customer_id,
    given.stripe_customer_id,
    given.stripe_payment_method_id,
    case when news.has_customer then given.stripe_customer_id end,
    case
        when
            news.has_customer
            or given.stripe_payment_method_id is distinct from customers.loaded_stripe_payment_method_id
            then given.stripe_payment_method_id
    end
from billing._good_rows() as good
cross join lateral jsonb_populate_record(null::billing.customers, good.fields) as given
left join billing.customers on given.account_number = customers.account_number
cross join lateral (
    select
        coalesce(given.stripe_customer_id <> coalesce(customers.loaded_stripe_customer_id, ''), false) as has_customer
) as news
$$;

comment on function billing._incoming_stripe_ids ()
is 'Stripe ids of the staged customers.csv, and those it did not say before (else null); a new customer has no customer_id.';

-- The ids that the file says are noted, so that the same ones again are not taken for new: that alone is no change of
-- the customer, nothing that is billed or charged depends on it.
create or replace function billing._write_stripe_ids()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    update billing.customers
    set
        stripe_customer_id = coalesce(ids.new_customer_id, customers.stripe_customer_id),
        stripe_payment_method_id = coalesce(ids.new_card_id, customers.stripe_payment_method_id),
        loaded_stripe_customer_id = coalesce(ids.given_customer_id, customers.loaded_stripe_customer_id),
        loaded_stripe_payment_method_id = coalesce(ids.given_card_id, customers.loaded_stripe_payment_method_id),
        updated_at = case
            when
                ids.new_customer_id <> coalesce(customers.stripe_customer_id, '')
                or ids.new_card_id <> coalesce(customers.stripe_payment_method_id, '')
                then now()
            else customers.updated_at
        end
    from pg_temp.incoming_stripe_ids as ids
    where
        customers.account_number = ids.account_number
        and (
            ids.given_customer_id <> coalesce(customers.loaded_stripe_customer_id, '')
            or ids.given_card_id <> coalesce(customers.loaded_stripe_payment_method_id, '')
        );
end;
$$;

comment on function billing._write_stripe_ids ()
is 'Stores the Stripe ids that the staged customers.csv says for the first time.';

create or replace function billing._warn_of_renewed_cards()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_warnings (file, line, column_name, value, warning)
    select
        'customers.csv',
        ids.line,
        differing.column_name,
        differing.given,
        format('replaced by %s since the file was loaded, which stays; put that into the file', differing.stored)
    from pg_temp.incoming_stripe_ids as ids
    inner join billing.customers using (customer_id)
    cross join lateral (
        values
        ('stripe_customer_id', ids.given_customer_id, ids.new_customer_id, customers.stripe_customer_id),
        ('stripe_payment_method_id', ids.given_card_id, ids.new_card_id, customers.stripe_payment_method_id)
    ) as differing (column_name, given, news, stored)
    where differing.news is null and differing.given <> differing.stored;
end;
$$;

comment on function billing._warn_of_renewed_cards ()
is 'Warns of Stripe ids in customers.csv that were replaced since the file first said them, as by the customer''s portal.';
