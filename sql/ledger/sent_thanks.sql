-- An attempt without an answer may have gone out, too.
create or replace function billing.sent_thanks(p_payment_id bigint)
returns setof billing.emails
language sql
stable
security invoker
as $$
select emails.*
from billing.emails
where
    emails.payment_id = p_payment_id
    and (
        emails.state = 'sent'
        or exists (
            select from billing.email_attempts
            where email_attempts.email_id = emails.email_id and coalesce(email_attempts.result, 'unknown') = 'unknown'
        )
    )
$$;

comment on function billing.sent_thanks (bigint)
is 'The letter that thanks for a payment, if it went out.';
