-- Letters of dunning matter while their invoice is open, and of several only the last: an urgent notice needs no
-- reminder before it.
create or replace function billing.refused_emails()
returns table (
    email_id bigint,
    message_id text,
    customer_id bigint,
    template text,
    to_address text,
    last_error text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
with letters (template) as (
    values ('update_payment_method'), ('reminder'), ('urgent_notice'), ('manual_review')
)

select
    emails.email_id,
    emails.message_id,
    invoices.customer_id,
    emails.template,
    emails.to_address,
    emails.refusal as last_error
from billing.emails
inner join billing.invoices using (invoice_id)
where
    emails.state = 'refused'
    and (invoices.status <> 'void' or emails.template = 'invoice_void')
    and (
        emails.template not in (select letters.template from letters)
        or (
            invoices.status = 'issued'
            and not exists (
                select from billing.emails as later
                inner join letters using (template)
                where later.invoice_id = emails.invoice_id and later.email_id > emails.email_id
            )
        )
    )
order by emails.email_id
$$;

comment on function billing.refused_emails ()
is 'E-mails that the mail server refused for good and that still matter: they wait for another address.';
