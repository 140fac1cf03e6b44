-- A row of a table that only the owner reaches, and no advisory lock: those are everybody's, and whoever may connect
-- could stop all billing with one. Locks the row to the end of the transaction; again in the same one is free.
create or replace function billing.lock(p_name text)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform from billing.locks
    where locks.name = p_name
    for update;
    if not found then
        raise no_data_found using message = format('there is no lock %s', p_name);
    end if;
end;
$$;

comment on function billing.lock (text)
is 'Waits until nobody else holds the lock of that name (a row of billing.locks), and holds it to the end of the transaction.';
