create or replace function billing.total_differences(p_period_start date)
returns table (
    account_number text,
    invoice_number text,
    difference text
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
with sums as (
    select
        invoices.invoice_id,
        (
            select sum(lines.amount)
            from billing.invoice_line_items as lines
            where lines.invoice_id = invoices.invoice_id
        ) as lines_sum,
        (
            select sum(per_rate.tax)
            from (
                select round(sum(lines.amount) * lines.tax_rate, invoices.minor_units) as tax
                from billing.invoice_line_items as lines
                where lines.invoice_id = invoices.invoice_id
                group by
                    lines.tax_treatment,
                    lines.tax_rate,
                    lines.tax_name,
                    lines.tax_country,
                    lines.tax_region
            ) as per_rate
        ) as lines_tax,
        (
            select sum(taxes.tax)
            from billing.invoice_taxes as taxes
            where taxes.invoice_id = invoices.invoice_id
        ) as taxes_sum
    from billing.invoices
    where invoices.period_start = p_period_start
)

select
    customers.account_number,
    invoices.invoice_number,
    format(
        'subtotal %s, lines %s; tax %s, of the lines %s, of the rates %s; total %s',
        invoices.subtotal,
        sums.lines_sum,
        invoices.tax,
        sums.lines_tax,
        sums.taxes_sum,
        invoices.total
    ) as difference
from sums
inner join billing.invoices using (invoice_id)
inner join billing.customers using (customer_id)
where
    invoices.subtotal is distinct from sums.lines_sum
    or invoices.tax is distinct from sums.lines_tax
    or invoices.tax is distinct from sums.taxes_sum
    or invoices.total is distinct from sums.lines_sum + sums.lines_tax
order by
    length(customers.account_number),
    customers.account_number
$$;

comment on function billing.total_differences (date)
is 'Invoices of a month (drafts included) whose subtotal, tax or total is not that of their lines; empty when all is well.';
