create or replace function billing.seller_name()
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select seller_profiles.name from billing.seller_profiles
$$;

comment on function billing.seller_name ()
is 'Whose billing this is: the heading of the dashboard. Null before a seller is loaded.';
