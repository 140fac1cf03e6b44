-- A page is to end when its invoice no longer owes what it asks for. After a day the provider has ended it, and how
-- is asked.
create or replace function billing.live_checkouts(p_invoice_number text)
returns table (
    checkout_session_id bigint,
    invoice_number text,
    amount bigint,
    currency text,
    idempotency_key text,
    provider_customer_id text,
    page_url text,
    provider_page_id text,
    url text,
    state text,
    is_current boolean
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    sessions.checkout_session_id,
    invoices.invoice_number,
    billing.stripe_amount(sessions.amount, invoices.currency),
    lower(invoices.currency),
    sessions.idempotency_key,
    sessions.provider_customer_id,
    sessions.page_url,
    sessions.provider_page_id,
    sessions.url,
    sessions.state,
    balances.status = 'issued'
    and balances.outstanding = sessions.amount
    and sessions.created_at > now() - interval '23 hours'
from billing.checkout_sessions as sessions
inner join billing.invoices using (invoice_id)
inner join billing.invoice_balances as balances using (invoice_id)
where
    sessions.state in ('requested', 'open', 'processing')
    and (p_invoice_number is null or invoices.invoice_number = p_invoice_number)
order by sessions.checkout_session_id
$$;

comment on function billing.live_checkouts (text)
is 'Payment pages that may still bring money, of one invoice or (null) of all. is_current: its invoice still owes what the page asks for; the others are to end. amount is the provider''s integer.';
