-- Long for its rules, a branch each.
create or replace function billing._broken_collection()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
select
    'dunning agrees with its invoice' as invariant,
    invoices.invoice_number as subject,
    format('the invoice is %s, its dunning %s', invoices.status, coalesce(cases.state, 'not begun')) as detail
from billing.invoices
left join billing.dunning_cases as cases using (invoice_id)
where
    (invoices.status in ('issued', 'paid') and cases.invoice_id is null)
    or (invoices.status = 'paid' and cases.state <> 'paid')
    or (invoices.status = 'issued' and cases.state = 'paid')
union all
select
    'open invoices are collected, or with a person' as invariant,
    invoices.invoice_number as subject,
    format('its dunning is %s, and nothing is planned', idle.state) as detail
from billing.idle_cases((select billing.reporting_date())) as idle
inner join billing.invoices using (invoice_id)
union all
select
    'nothing more is asked of a settled invoice' as invariant,
    invoices.invoice_number as subject,
    format('attempt %s is %s', attempts.attempt, attempts.state) as detail
from billing.payment_attempts as attempts
inner join billing.invoices using (invoice_id)
where attempts.state = 'scheduled' and invoices.status <> 'issued'
union all
select
    'the queue holds what is open' as invariant,
    differences.document_number as subject,
    format(
        '%s %s is %s',
        differences.kind,
        differences.subject_id,
        case when differences.is_open then 'open, and not queued so' else 'queued, and not open' end
    ) as detail
from billing.queue_differences() as differences
union all
select
    'successful charges are booked' as invariant,
    invoices.invoice_number as subject,
    format('attempt %s succeeded, and there is no payment', attempts.attempt) as detail
from billing.payment_attempts as attempts
inner join billing.invoices using (invoice_id)
left join billing.payment_intents as intents using (invoice_id, intent)
where
    attempts.state = 'succeeded'
    and not exists (
        select from billing.payments
        where payments.method = 'card' and payments.reference = intents.provider_intent_id
    )
union all
select
    'refunds are booked once they went out' as invariant,
    refunds.idempotency_key as subject,
    format('%s succeeded, and the payment says otherwise', refunds.provider_refund_id) as detail
from billing.refunds
where
    refunds.state = 'succeeded'
    and not exists (
        select from billing.payment_reversals as reversals
        where
            reversals.refund_id = refunds.refund_id
            and reversals.payment_id = refunds.payment_id
            and reversals.amount = refunds.amount
    )
union all
select
    'refunds of a credit note are not more than it' as invariant,
    credit_notes.credit_note_number as subject,
    format('%s to give back of %s', sum(refunds.amount), credit_notes.amount) as detail
from billing.refunds
inner join billing.credit_notes using (credit_note_id)
group by credit_notes.credit_note_id
having sum(refunds.amount) > credit_notes.amount
union all
select
    'what Stripe tells of money is booked' as invariant,
    failed.webhook_event_id as subject,
    format('%s: %s', failed.event_type, failed.outcome) as detail
from billing.failed_webhook_events() as failed
$$;

comment on function billing._broken_collection ()
is 'Dunning, charges, refunds and queued work that contradict the invoices and payments they belong to.';
