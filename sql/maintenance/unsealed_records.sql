create or replace function billing.unsealed_records()
returns bigint
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select count(*) from billing._unsealed_records()
$$;

comment on function billing.unsealed_records ()
is 'How many invoices, credit notes and PDFs have no seal: a change of these would not show.';
