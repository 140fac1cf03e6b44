-- A finance team's month end: what was billed, what is owed in taxes, what is still open. Only reports are read, so the
-- role that BI tools use is enough. Played on the first quarter:
--   psql "$(billing url --role billing_reader)" -af examples/finance_exports.sql
-- COPY writes what a spreadsheet opens; `\copy (…) to 'invoices.csv' csv header` writes a file.

set billing.as_of = '2026-03-15';

-- The five largest invoices of February.
copy (
    select invoice_number, customer_name, currency, usage, subscription, proration, subtotal, tax, total, status
    from reporting.invoices
    where period = '2026-02'
    order by total desc, invoice_number
    limit 5
) to stdout (format csv, header);

-- The tax return: every rate of February, taxable and tax.
copy (
    select country, region, treatment, rate, invoices, taxable, tax
    from reporting.tax_summary
    where period = '2026-02'
    order by country, region nulls first, treatment, rate
) to stdout (format csv, header);

-- Do the invoices, their lines and the run agree? One row, no difference.
select
    runs.invoiced,
    runs.total as run,
    (select sum(total) from reporting.invoices where period = runs.period) as invoices,
    (
        select sum(amount) from reporting.invoice_lines where period = runs.period
    ) + (
        select sum(tax) from reporting.tax_summary where period = runs.period
    ) as lines_and_tax
from reporting.runs
where period = '2026-02';

-- Receivables by age, and what is overdue.
select bucket, invoices, outstanding, share
from reporting.aging
order by overdue_from;

select invoice_number, account_number, outstanding, due_on, days_overdue
from reporting.outstanding
where days_overdue > 0
order by days_overdue desc, invoice_number;

-- Figures of an earlier day need no copy made on that day: the same report, as it was on 31 January.
set billing.as_of = '2026-01-31';

select bucket, invoices, outstanding
from reporting.aging
order by overdue_from;
