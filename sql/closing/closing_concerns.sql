-- None of it is dated in the month once it is closed: it is booked in the months after it.
create or replace function billing.closing_concerns(p_period_start date)
returns setof text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    format(
        'bank entries that wait for a person: %s, the first %s of %s',
        count(*),
        (array_agg(coalesce(entry_id, fingerprint) order by booked_on, bank_transaction_id))[1],
        min(booked_on)
    )
from billing.bank_transactions
where status = 'unmatched' and entered_on < billing.billing_period_end(p_period_start)
having count(*) > 0
union all
select
    format('charges without an answer: %s, the first for %s', count(*), min(invoices.invoice_number))
from billing.payment_attempts
inner join billing.invoices on payment_attempts.invoice_id = invoices.invoice_id
where
    payment_attempts.state in ('sent', 'unknown')
    and payment_attempts.scheduled_on < billing.billing_period_end(p_period_start)
having count(*) > 0
union all
select format('refunds that have not gone out: %s, the first of %s', count(*), min(scheduled_on))
from billing.refunds
where
    state in ('scheduled', 'sent', 'unknown')
    and scheduled_on < billing.billing_period_end(p_period_start)
having count(*) > 0
union all
select format('the usage and fees of %s have not been billed: billing run %s', month.name, month.name)
from (
    values (to_char(p_period_start, 'YYYY-MM'))
) as month (name)
where
    exists (select from billing.billing_runs where closed_at is not null)
    and not exists (
        select from billing.billing_runs where period_start = p_period_start and closed_at is not null
    )
$$;

comment on function billing.closing_concerns (date)
is 'What a controller should know of a month before it is closed, in words: what is open and will be booked later.';
