create or replace function billing._resend_refused_emails()
returns void
language sql
volatile
security invoker
as $$
update billing.emails
set
    state = 'queued',
    failed_at = null,
    to_address = present.address
from billing.refused_emails() as refused
inner join billing.customers using (customer_id)
cross join billing.seller_profiles
cross join lateral (
    select
        case
            when refused.template = 'manual_review' then seller_profiles.email
            else customers.billing_email
        end as address
) as present
where emails.email_id = refused.email_id and present.address <> refused.to_address
$$;

comment on function billing._resend_refused_emails ()
is 'Puts e-mails that were refused back into the outbox where the customer, or finance, now has another address.';
