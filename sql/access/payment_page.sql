-- What one customer may see of one invoice, and what paying it online takes where there is a gateway. Nothing here
-- names another invoice, but the number of the one that takes a void one's place.
-- A charge that is planned comes with the next delivery: who has saved a new card is told of that, not of the old one.
-- Paid and credited are two things: nobody is thanked for money that never came. Long for all that a page shows.
create or replace function billing.payment_page(p_invoice_number text)
returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    jsonb_build_object(
        'number', invoices.invoice_number,
        'seller', invoices.seller_snapshot,
        'customer_name', invoices.customer_snapshot ->> 'name',
        'currency', invoices.currency,
        'exponent', invoices.minor_units,
        'period_start', invoices.period_start,
        'period_last_day', invoices.period_end - 1,
        'issued_on', invoices.issued_on,
        'due_on', invoices.due_on,
        'paid_on', invoices.paid_on,
        'successor', billing.successor_number(invoices.invoice_id),
        'has_pdf', not exists(
            select from billing.documents
            where
                invoices.invoice_id in (documents.invoice_id, documents.voided_invoice_id)
                and documents.pdf is null
        ),
        'today', (select billing.reporting_date()),
        'pays_by', billing.pays_by(invoices.invoice_id, true),
        'status', case
            when invoices.status = 'issued' and invoices.due_on < (select billing.reporting_date()) then 'overdue'
            else invoices.status
        end,
        'subtotal', invoices.subtotal::text,
        'taxes', billing.document_taxes(invoices.invoice_id, null),
        'total', invoices.total::text,
        'outstanding', balances.outstanding::text,
        'paid', round(nullif(balances.applied, 0), invoices.minor_units)::text,
        'credit_notes', billing._payment_page_credit_notes(invoices.invoice_id),
        'lines', billing._payment_page_lines(invoices.invoice_id),
        'is_processing', exists(
            select from billing.payment_attempts
            where
                payment_attempts.invoice_id = invoices.invoice_id
                and payment_attempts.state in ('sent', 'unknown')
        ),
        'is_declined', exists(
            select from billing.dunning_cases
            where
                dunning_cases.invoice_id = invoices.invoice_id
                and dunning_cases.state <> 'paid'
                and dunning_cases.failure_reason is not null
        ) and planned.cause is null,
        'charge_on', planned.scheduled_on,
        'is_charged_again', coalesce(planned.cause <> 'issue', false),
        'epc_payload', billing.epc_payload(
            p_seller => invoices.seller_snapshot,
            p_currency => invoices.currency,
            p_amount => balances.outstanding,
            p_reference => invoices.invoice_number
        ),
        'stripe_amount', case
            when billing.is_payable_by_card(balances.outstanding, invoices.currency)
                then billing.stripe_amount(balances.outstanding, invoices.currency)
            else 0
        end,
        'stripe_customer_id', customers.stripe_customer_id
    )
from billing.invoices
inner join billing.invoice_balances as balances using (invoice_id)
inner join billing.customers on invoices.customer_id = customers.customer_id
left join billing.payment_attempts as planned
    on invoices.invoice_id = planned.invoice_id and planned.state = 'scheduled'
where invoices.invoice_number = p_invoice_number and invoices.status <> 'draft'
$$;

comment on function billing.payment_page (text)
is 'What the payment page of an issued invoice shows, amounts as exact decimal strings, and what a Checkout needs; null if there is no such invoice.';
