create or replace function billing._seller_logo()
returns jsonb
language sql
stable
security invoker
as $$
select
    jsonb_build_object(
        'media_type', seller_profiles.logo_media_type,
        'base64', replace(encode(seller_profiles.logo, 'base64'), e'\n', '')
    )
from billing.seller_profiles
where seller_profiles.logo is not null
$$;

comment on function billing._seller_logo ()
is 'The seller''s logo for a document; null when there is none.';
