create or replace function billing._broken_invoices()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
volatile
security invoker
as $$
select
    'lines add up to invoices' as invariant,
    coalesce(differences.invoice_number, 'draft of account ' || differences.account_number) as subject,
    differences.difference as detail
from billing.billing_runs
cross join lateral billing.total_differences(billing_runs.period_start) as differences
union all
select
    'stored invoices equal their recomputation from events' as invariant,
    format('account %s, %s', differences.account_number, differences.service_period) as subject,
    format(
        '%s: billed %s for %s units, recomputed %s for %s',
        differences.charge,
        differences.billed_amount,
        differences.billed_quantity,
        differences.recomputed_amount,
        differences.recomputed_quantity
    ) as detail
from (
    select
        min(due.month) as first_month,
        max(due.month) as last_month
    from (
        select billing_runs.period_start as month from billing.billing_runs
        union all
        select date_trunc('month', charges.due_on::timestamp)::date as month from billing.charges
        union all
        select date_trunc('month', lines.taxed_on - interval '1 day')::date as month
        from billing.invoice_line_items as lines
    ) as due
) as span
cross join lateral billing.rating_differences(span.first_month, span.last_month) as differences
union all
select
    'issued invoices have their document' as invariant,
    invoices.invoice_number as subject,
    'there is no stored PDF' as detail
from billing.invoices
left join billing.documents using (invoice_id)
left join billing.dunning_cases using (invoice_id)
where (invoices.status in ('issued', 'paid') or dunning_cases.invoice_id is not null) and documents.pdf is null
union all
select
    'no draft outlives its run' as invariant,
    format('account %s, %s', customers.account_number, to_char(invoices.period_start, 'YYYY-MM')) as subject,
    'the draft is not numbered' as detail
from billing.invoices
inner join billing.customers using (customer_id)
where invoices.invoice_number is null
$$;

comment on function billing._broken_invoices ()
is 'Invoices that do not agree with their lines, their events or their documents.';
