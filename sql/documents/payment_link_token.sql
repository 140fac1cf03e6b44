-- HMAC-SHA-256 written out, because pgcrypto is not everywhere: no stored token to leak, the same link every time.
create or replace function billing.payment_link_token(p_invoice_number text)
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    translate(
        encode(
            substr(
                sha256(
                    pads.outer_pad || sha256(pads.inner_pad || convert_to(p_invoice_number, 'UTF8'))
                ),
                1,
                24
            ),
            'base64'
        ),
        '+/',
        '-_'
    )
from (
    select
        string_agg(
            set_byte('\x00'::bytea, 0, get_byte(keys.key, positions.byte) # 54), ''::bytea
            order by positions.byte
        ) as inner_pad,
        string_agg(
            set_byte('\x00'::bytea, 0, get_byte(keys.key, positions.byte) # 92), ''::bytea
            order by positions.byte
        ) as outer_pad
    from (
        select
            seller_profiles.link_secret
            || decode(repeat('00', 64 - length(seller_profiles.link_secret)), 'hex') as key
        from billing.seller_profiles
    ) as keys
    cross join generate_series(0, 63) as positions (byte)
) as pads
$$;

comment on function billing.payment_link_token (text)
is 'Unguessable token of an invoice''s payment link: the first 24 bytes of HMAC-SHA-256 over its number, base64url.';
