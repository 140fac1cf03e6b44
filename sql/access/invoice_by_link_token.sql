-- Looks for the hash of the token, so that the time it takes tells nothing about the tokens there are.
create or replace function billing.invoice_by_link_token(p_token text)
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select invoices.invoice_number
from billing.payment_links
inner join billing.invoices using (invoice_id)
where
    payment_links.token_sha256 = sha256(convert_to(p_token, 'UTF8'))
    and invoices.status <> 'draft'
$$;

comment on function billing.invoice_by_link_token (text)
is 'Number of the issued invoice that a payment link belongs to; null if there is none. Links of new invoices are found after billing.link_invoices.';
