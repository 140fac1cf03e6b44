-- The second path from end to end, for the customers in pg_temp.verified_customers (customer_id, compare_from) and the
-- services that are due from compare_from on, up to and with the month p_until. Leaves its tables for the caller, who
-- compares them and ends with _forget_recomputation.
create or replace function billing._recompute(p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    analyze pg_temp.verified_customers;
    perform billing._recompute_months(p_until);
    perform billing._recompute_spans(p_until);
    perform billing._recompute_usage();
    perform billing._recompute_charges();
    perform billing._recompute_discounts();
    perform billing._recompute_commitments();
end;
$$;

comment on function billing._recompute (date)
is 'Recomputes what the customers to be verified owe for services that are due up to a month.';
