-- The tables it makes are gone when it returns: it may be called again in the same transaction.
create or replace function billing.rating_differences(p_from date, p_until date)
returns table (
    account_number text,
    service_period text,
    charge text,
    billed_quantity numeric,
    recomputed_quantity numeric,
    billed_amount numeric,
    recomputed_amount numeric
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table verified_customers on commit drop as
    select
        customers.customer_id,
        p_from as compare_from
    from billing.customers;
    perform billing._recompute(p_until);
    return query select * from billing._told_differences(p_until);
    perform billing._forget_recomputation();
end;
$$;

comment on function billing.rating_differences (date, date)
is 'Where standing invoices (drafts included) bill services that are due in the months from p_from to p_until otherwise than their recomputation from raw events says; empty when all is well.';
