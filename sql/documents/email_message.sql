-- What a letter says of paying is true when it is sent: whether a charge waits, failed or cannot be made, whether there
-- is a page to pay on, and what is kept. Its date is that of sending (p_as_of): mail programs sort by it.
-- Long for all that the letters say, from one look at the invoice.
create or replace function billing.email_message(
    p_email_id bigint,
    p_public_url text,
    p_has_gateway boolean,
    p_as_of date
)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    jsonb_build_object(
        'template', case
            when emails.template = 'invoice_card' and ways.pays_by = 'transfer' and charged.amount = 0
                then 'invoice_transfer'
            else emails.template
        end,
        'message_id', emails.message_id,
        'date', to_char(days.sent_on, 'YYYY-MM-DD') || 'T08:00:00+00:00',
        'from', jsonb_build_object(
            'name', invoices.seller_snapshot ->> 'name',
            'address', invoices.seller_snapshot ->> 'email'
        ),
        'to', jsonb_build_object('name', emails.to_name, 'address', emails.to_address),
        'customer', invoices.customer_snapshot,
        'document_number', coalesce(credit_notes.credit_note_number, invoices.invoice_number),
        'invoice_number', invoices.invoice_number,
        'currency', invoices.currency,
        'exponent', invoices.minor_units,
        'amount_due', round(invoice_balances.outstanding, invoices.minor_units)::text,
        'total', round(coalesce(credit_notes.amount, invoices.total), invoices.minor_units)::text,
        'issued_on', coalesce(credit_notes.issued_on, invoices.issued_on),
        'due_on', case when ways.pays_by = 'transfer' then invoices.due_on end,
        'period_start', invoices.period_start,
        'period_last_day', invoices.period_end - 1,
        'collection_method', invoices.collection_method,
        'pays_by', ways.pays_by,
        'page_url', links.page_url,
        'payment_url', case
            when p_has_gateway and billing.is_payable_by_card(invoice_balances.outstanding, invoices.currency)
                then links.page_url
        end,
        'portal_url', case
            when ways.pays_by = 'card' and customers.stripe_customer_id is not null then links.page_url || '/card'
        end,
        'seller', invoices.seller_snapshot,
        'payment_reference', invoices.invoice_number,
        'days_overdue', case
            when ways.pays_by = 'transfer' then greatest(days.sent_on - invoices.due_on, 0)
            else 0
        end,
        'charged_amount', round(charged.amount, invoices.minor_units)::text,
        'charged_on', charged.received_on,
        'settled_amount', round(
            greatest(invoices.total, 0) - invoice_balances.outstanding - charged.amount,
            invoices.minor_units
        )::text,
        'failure_reason', case when ways.pays_by = 'card' then nullif(cases.failure_reason, 'dispute_lost') end,
        'retry_on', case when ways.pays_by = 'card' then billing.retry_on(invoices.invoice_id) end,
        'review', 'unpaid',
        'review_reason', null,
        'credit_note_number', credit_notes.credit_note_number,
        'credit_reason', credit_notes.reason,
        'others_amount', '0',
        'kept_amount', '0',
        'status', invoices.status,
        'refund_amount', round(refunding.amount, invoices.minor_units)::text,
        'amount_paid', round(invoice_balances.applied, invoices.minor_units)::text,
        'credited_amount', round(invoice_balances.credited, invoices.minor_units)::text,
        'paid_amount', null,
        'other_amount', round(
            invoice_balances.applied
            - coalesce((emails.details ->> 'applied_amount')::numeric, invoice_balances.applied - from_balance.amount)
            - from_balance.amount,
            invoices.minor_units
        )::text,
        'paid_invoices', billing._paid_invoices(emails, p_public_url, p_has_gateway),
        'credit_amount', '0',
        'paid_on', null,
        'is_returned', false,
        'voided_on', invoices.voided_on,
        'is_waived', invoices.waived_on is not null,
        'successor', billing.successor_number(invoices.invoice_id),
        'replaces', billing.replaced_number(invoices.invoice_id),
        'attachments', case
            when emails.template in ('payment_received', 'update_payment_method') then '[]'::jsonb
            else jsonb_build_array(jsonb_build_object(
                'filename', concat(
                    coalesce(credit_notes.credit_note_number, invoices.invoice_number),
                    case when emails.template = 'invoice_void' then '-VOID' end,
                    '.pdf'
                ),
                'document_id', documents.document_id
            ))
        end
    ) || jsonb_build_object(
        'was_refused', coalesce(
            cases.state <> 'paid' and ways.pays_by = 'transfer' and refusals.is_refusal, false
        ),
        'returned_on', returned.reversed_on,
        'advice', case
            when cases.is_disputed then 'dispute'
            when cases.failure_reason = 'dispute_lost' then 'dispute_lost'
            when cases.failure_reason = 'customer_missing' then 'wrong_customer'
            when refusals.is_refusal then 'refused'
        end,
        'balance_amount', round(from_balance.amount, invoices.minor_units)::text,
        'mistaken_thanks', billing._mistaken_thanks(invoices.invoice_id),
        'is_replacing', billing._is_replacing(emails)
    ) || billing._told_credit(emails) || emails.details
from billing.emails
inner join billing.invoices using (invoice_id)
inner join billing.invoice_balances using (invoice_id)
inner join billing.customers on invoices.customer_id = customers.customer_id
left join billing.dunning_cases as cases using (invoice_id)
left join billing.decline_codes as refusals on cases.failure_reason = refusals.decline_code and refusals.is_refusal
left join billing.credit_notes using (credit_note_id)
left join billing.documents
    on (
        (
            emails.credit_note_id is null
            and case emails.template
                when 'invoice_void' then documents.voided_invoice_id
                else documents.invoice_id
            end = emails.invoice_id
        )
        or documents.credit_note_id = emails.credit_note_id
    )
cross join lateral (
    select
        coalesce(sum(applications.amount), 0) as amount,
        max(payments.received_on) as received_on
    from billing.payment_applications as applications
    inner join billing.payments using (payment_id)
    where applications.invoice_id = invoices.invoice_id and payments.method = 'card'
) as charged
cross join lateral (select billing._paid_from_balance(invoices.invoice_id) as amount) as from_balance
cross join lateral (
    select max(reversals.reversed_on) as reversed_on
    from billing.payment_applications as applications
    inner join billing.payment_reversals as reversals using (payment_reversal_id)
    where
        applications.invoice_id = invoices.invoice_id
        and reversals.kind = 'bank_return'
        and not billing.is_undone(reversals)
) as returned
cross join lateral (
    select sum(refunds.amount) as amount
    from billing.refunds
    where refunds.credit_note_id = emails.credit_note_id and refunds.state <> 'failed'
) as refunding
cross join lateral (
    select
        rtrim(p_public_url, '/') || '/i/' || billing.payment_link_token(invoices.invoice_number) as page_url
) as links
cross join lateral (select billing.pays_by(invoices.invoice_id, p_has_gateway) as pays_by) as ways
cross join lateral (select greatest(emails.business_date, p_as_of) as sent_on) as days
where emails.email_id = p_email_id
$$;

comment on function billing.email_message (bigint, text, boolean, date)
is 'Everything an e-mail''s template shows, amounts as exact decimal strings; amount_due is of the moment of sending.';
