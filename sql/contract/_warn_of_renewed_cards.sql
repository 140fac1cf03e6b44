create or replace function billing._warn_of_renewed_cards()
returns void
language sql
volatile
security invoker
as $$
insert into pg_temp.incoming_warnings (file, line, column_name, value, warning)
select
    'customers.csv',
    ids.line,
    differing.column_name,
    differing.given,
    format('replaced by %s since the file was loaded, which stays; put that into the file', differing.stored)
from billing._incoming_stripe_ids() as ids
inner join billing.customers using (customer_id)
cross join lateral (
    values
    ('stripe_customer_id', ids.given_customer_id, ids.new_customer_id, customers.stripe_customer_id),
    ('stripe_payment_method_id', ids.given_card_id, ids.new_card_id, customers.stripe_payment_method_id)
) as differing (column_name, given, news, stored)
where differing.news is null and differing.given <> differing.stored
$$;

comment on function billing._warn_of_renewed_cards ()
is 'Warns of Stripe ids in customers.csv that were replaced since the file first said them, as by the customer''s portal.';
