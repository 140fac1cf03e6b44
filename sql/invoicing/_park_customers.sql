-- What a parked customer owes is not due, all of it: nobody gets half an invoice.
create or replace function billing._park_customers()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.unbillable_customers (customer_id, reason)
    select
        unpriced.customer_id,
        string_agg(distinct unpriced.reason, '; ' order by unpriced.reason) as reason
    from billing.unpriced_services() as unpriced
    inner join pg_temp.due_services using (service_key)
    group by unpriced.customer_id;
    delete from pg_temp.due_services as due
    using pg_temp.unbillable_customers as parked
    where parked.customer_id = due.customer_id;
end;
$$;

comment on function billing._park_customers ()
is 'Sets aside whose invoice cannot be computed, with the reason.';
