create or replace function billing._broken_months()
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
    'no month between two runs is left out' as invariant,
    to_char(months.period_start, 'YYYY-MM') as subject,
    format(
        'it was never run, and has something due for %s customer(s): billing run %s',
        months.customers,
        to_char(months.period_start, 'YYYY-MM')
    ) as detail
from billing.months_not_run(null) as months
union all
select
    'what a void invoice billed is billed again' as invariant,
    voids.invoice_number as subject,
    format(
        'nothing was billed to account %s instead: billing run %s, or billing void with --waive',
        voids.account_number,
        to_char(voids.period_start, 'YYYY-MM')
    ) as detail
from billing.voids_not_billed() as voids
$$;

comment on function billing._broken_months ()
is 'Months, and customers of a month whose invoice is void, that wait for a run.';
