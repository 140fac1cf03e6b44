-- A finance team's month end: what was billed, what is owed in taxes, what is still open. Only reports are read, so the
-- role that BI tools use is enough. Amounts of different currencies are never added up, and void invoices bill nothing.
-- Played on the first quarter:
--   psql "$(billing url --role billing_reader)" -af examples/finance_exports.sql
-- COPY writes what a spreadsheet opens; `\copy (…) to 'invoices.csv' csv header` writes a file.

-- The date is a setting of the transaction, so that it is nobody else's behind a pooler; one statement has one date.
begin;
set local billing.as_of = '2026-03-15';

-- The five largest invoices of February in each currency.
copy (
    select currency, invoice_number, customer_name, usage, subscription, proration, subtotal, tax, total, status
    from (
        select *, row_number() over (partition by currency order by total desc, invoice_number) as place
        from reporting.invoices
        where period = '2026-02' and status <> 'void'
    ) as invoices
    where place <= 5
    order by currency, place
) to stdout (format csv, header);

-- The tax return: every rate of February, taxable and tax, less what was credited in February.
copy (
    select currency, country, region, treatment, rate, invoices, credit_notes, taxable, tax
    from reporting.tax_summary
    where period = '2026-02'
    order by currency, country, region nulls first, treatment, rate
) to stdout (format csv, header);

-- Do the run, its invoices and their lines agree? A row for each currency, no difference.
select
    runs.currency,
    count(invoices.invoice_number) as standing,
    runs.total as run,
    coalesce(sum(invoices.total), 0) as invoices,
    coalesce(sum(lines.amount + invoices.tax), 0) as lines_and_tax
from reporting.runs
left join reporting.invoices
    on runs.period = invoices.period and runs.currency = invoices.currency and invoices.status <> 'void'
left join (
    select invoice_number, sum(amount) as amount
    from reporting.invoice_lines
    where period = '2026-02'
    group by invoice_number
) as lines using (invoice_number)
where runs.period = '2026-02'
group by runs.currency, runs.total
order by runs.currency;

-- Receivables by age, and what is overdue.
select currency, bucket, invoices, outstanding, share
from reporting.aging
order by currency, overdue_from;

select currency, invoice_number, account_number, outstanding, due_on, days_overdue
from reporting.outstanding
where days_overdue > 0
order by currency, days_overdue desc, invoice_number;

commit;

-- Figures of an earlier day need no copy made on that day: the same report, as it was on 31 January.
begin;
set local billing.as_of = '2026-01-31';

select currency, bucket, invoices, outstanding
from reporting.aging
order by currency, overdue_from;

commit;
