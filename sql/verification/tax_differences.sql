-- Alone; verify_run compares taxes with what it has recomputed already.
create or replace function billing.tax_differences(p_period_start date)
returns table (
    account_number text,
    difference text
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table verified_customers on commit drop as
    select * from billing._customers_to_verify(p_period_start);
    perform billing._recompute(p_period_start);
    return query select * from billing._compare_taxes(p_period_start);
    perform billing._forget_recomputation();
end;
$$;

comment on function billing.tax_differences (date)
is 'Drafts of a month taxed otherwise than a recomputation of day, treatment, rate and place says; empty when all is well.';
