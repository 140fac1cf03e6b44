create or replace function billing.billing_timezone()
returns text
language sql
stable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
select coalesce((select billing_timezone from billing.seller_profiles), 'UTC');
$$;

comment on function billing.billing_timezone ()
is 'IANA time zone in which billing days and months begin; UTC until a seller is loaded.';
