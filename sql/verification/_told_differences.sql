-- Amounts are those before discounts where only these differ.
create or replace function billing._told_differences(p_until date)
returns table (
    account_number text,
    service_period text,
    charge text,
    billed_quantity numeric,
    recomputed_quantity numeric,
    billed_amount numeric,
    recomputed_amount numeric
)
language sql
volatile
security invoker
as $$
select
    customers.account_number,
    case
        when
            extract(day from differences.starts_on) = 1
            and differences.starts_on + interval '1 month' = differences.ends_on
            then to_char(differences.starts_on, 'YYYY-MM')
        else format(
            '%s – %s',
            to_char(differences.starts_on, 'YYYY-MM-DD'),
            to_char(differences.ends_on - 1, 'YYYY-MM-DD')
        )
    end as service_period,
    billing._readable_charge(differences.service_key, differences.charge_key)
    || case when is_gross.so then ', before discounts' else '' end as charge,
    trim_scale(differences.billed_quantity) as billed_quantity,
    trim_scale(differences.owed_quantity) as recomputed_quantity,
    case when is_gross.so then differences.billed_gross else differences.billed_amount end as billed_amount,
    case when is_gross.so then differences.owed_gross else differences.owed_amount end as recomputed_amount
from billing._compare_charges(p_until) as differences
inner join billing.customers using (customer_id)
cross join lateral (
    select
        differences.billed_amount = differences.owed_amount
        and differences.billed_gross <> differences.owed_gross as so
) as is_gross
order by
    length(customers.account_number),
    customers.account_number,
    differences.charge_key
$$;

comment on function billing._told_differences (date)
is 'The differences that the second path found, in words.';
