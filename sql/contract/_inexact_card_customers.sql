create or replace function billing._inexact_card_customers()
returns table (
    accounts text[],
    reason text
)
language sql
stable
security invoker
as $$
select
    array_agg(
        customers.account_number order by length(customers.account_number), customers.account_number collate "C"
    ) as accounts,
    format(
        'a card pays multiples of %1$s %2$s only; what is not one waits for a person in the review queue',
        steps.amount,
        customers.currency
    ) as reason
from billing.customers
inner join lateral (
    select min(step) as amount
    from unnest(array[0.001, 0.01, 0.1, 1]) as step
    where
        step >= 10::numeric ^ -billing.currency_exponent(customers.currency)
        and billing.is_exact_at_stripe(step, customers.currency)
) as steps on steps.amount > 10::numeric ^ -billing.currency_exponent(customers.currency)
where customers.collection_method = 'charge_automatically'
group by
    customers.currency,
    steps.amount
$$;

comment on function billing._inexact_card_customers ()
is 'Customers who pay by card in a currency of which Stripe does not charge every amount, by currency.';
