-- In the transaction that is the reason of the mail. Idempotent: one mail for each invoice, template and occasion.
create or replace function billing.write_email(
    p_invoice_id bigint,
    p_template text,
    p_on date,
    p_occasion text,
    p_details jsonb,
    p_payment_id bigint default null
)
returns void
language sql
volatile
security invoker
as $$
insert into billing.emails (
    dedupe_key, message_id, template, invoice_id, business_date, to_name, to_address, details, payment_id
)
select
    keys.dedupe_key,
    format(
        '<%s@%s>',
        keys.dedupe_key,
        split_part(invoices.seller_snapshot ->> 'email', '@', 2)
    ),
    p_template,
    invoices.invoice_id,
    p_on,
    case when p_template = 'manual_review' then invoices.seller_snapshot ->> 'name' else customers.name end,
    case
        when p_template = 'manual_review' then invoices.seller_snapshot ->> 'email'
        else customers.billing_email
    end,
    p_details,
    p_payment_id
from billing.invoices
inner join billing.customers using (customer_id)
cross join lateral (
    select concat_ws('.', lower(invoices.invoice_number), replace(p_template, '_', '-'), p_occasion) as dedupe_key
) as keys
where invoices.invoice_id = p_invoice_id
on conflict (dedupe_key) do nothing
$$;

comment on function billing.write_email (bigint, text, date, text, jsonb, bigint)
is 'Puts an e-mail about an invoice into the outbox; to the customer''s present address, or to finance (manual_review). p_occasion tells two of one template apart; p_payment_id is the payment that a letter thanks for.';
