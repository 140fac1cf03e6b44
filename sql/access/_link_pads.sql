-- The two keys of HMAC (RFC 2104), which are the same for every token: worked out once, a link costs two hashes.
create or replace function billing._link_pads()
returns table (
    inner_pad bytea,
    outer_pad bytea
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    string_agg(
        set_byte('\x00'::bytea, 0, get_byte(keys.key, positions.byte) # 54), ''::bytea
        order by positions.byte
    ),
    string_agg(
        set_byte('\x00'::bytea, 0, get_byte(keys.key, positions.byte) # 92), ''::bytea
        order by positions.byte
    )
from (
    select
        seller_profiles.link_secret
        || decode(repeat('00', 64 - length(seller_profiles.link_secret)), 'hex') as key
    from billing.seller_profiles
) as keys
cross join generate_series(0, 63) as positions (byte)
$$;

comment on function billing._link_pads ()
is 'Inner and outer key of the payment links'' HMAC.';
