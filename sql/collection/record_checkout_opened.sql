create or replace function billing.record_checkout_opened(
    p_checkout_session_id bigint,
    p_provider_page_id text,
    p_url text
)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
update billing.checkout_sessions
set
    state = 'open',
    provider_page_id = p_provider_page_id,
    url = p_url
where
    checkout_sessions.checkout_session_id = p_checkout_session_id
    and checkout_sessions.state = 'requested'
$$;

comment on function billing.record_checkout_opened (bigint, text, text)
is 'Notes the payment page that the provider has opened, and its address.';
