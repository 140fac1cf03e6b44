create or replace function billing._incoming_customers()
returns setof billing.customers
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select customer.*
from billing._good_rows() as good
cross join lateral jsonb_populate_record(null::billing.customers, good.fields) as customer
$$;

comment on function billing._incoming_customers ()
is 'The good rows of the staged customers.csv, typed.';
