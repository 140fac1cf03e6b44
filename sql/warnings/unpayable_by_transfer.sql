-- Their documents say nowhere to pay to. With p_period_start only those whose invoices of that month ask for money.
create or replace function billing.unpayable_by_transfer(p_period_start date)
returns text[]
language sql
stable
security invoker
as $$
select
    array_agg(
        customers.account_number order by length(customers.account_number), customers.account_number collate "C"
    )
from billing.customers
where
    exists (select from billing.seller_profiles where seller_profiles.iban is null)
    and customers.collection_method = 'send_invoice'
    and (
        p_period_start is null
        or exists (
            select from billing.invoices
            where
                invoices.customer_id = customers.customer_id
                and invoices.period_start = p_period_start
                and invoices.status not in ('paid', 'void')
                and invoices.total > 0
        )
    )
$$;

comment on function billing.unpayable_by_transfer (date)
is 'Accounts of the customers who are asked to transfer although the seller has no bank account loaded; null if there are none.';
