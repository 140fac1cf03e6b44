-- Sums are made once for all invoices of the month. Long, as totals, taxes and discounts of lines are compared.
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
with rates as (
    select
        invoices.invoice_id,
        sum(lines.amount) as amount,
        round(sum(lines.amount) * lines.tax_rate, invoices.minor_units) as tax
    from billing.invoices
    inner join billing.invoice_line_items as lines using (invoice_id)
    where invoices.period_start = p_period_start
    group by
        invoices.invoice_id,
        lines.tax_treatment,
        lines.tax_rate,
        lines.tax_name,
        lines.tax_country,
        lines.tax_region
),

sums as (
    select
        rates.invoice_id,
        sum(rates.amount) as lines_sum,
        sum(rates.tax) as lines_tax
    from rates
    group by rates.invoice_id
),

taxes as (
    select
        invoice_taxes.invoice_id,
        sum(invoice_taxes.tax) as taxes_sum
    from billing.invoices
    inner join billing.invoice_taxes using (invoice_id)
    where invoices.period_start = p_period_start
    group by invoice_taxes.invoice_id
),

discounts as (
    select
        invoice_line_discounts.invoice_id,
        invoice_line_discounts.position,
        sum(invoice_line_discounts.amount) as amount
    from billing.invoices
    inner join billing.invoice_line_discounts using (invoice_id)
    where invoices.period_start = p_period_start
    group by invoice_line_discounts.invoice_id, invoice_line_discounts.position
),

discounted as (
    select
        lines.invoice_id,
        lines.position,
        lines.gross_amount,
        lines.amount
    from billing.invoices
    inner join billing.invoice_line_items as lines using (invoice_id)
    where invoices.period_start = p_period_start and lines.gross_amount <> lines.amount
),

found as (
    select
        invoices.invoice_id,
        format(
            'subtotal %s, lines %s; tax %s, of the lines %s, of the rates %s; total %s',
            invoices.subtotal,
            sums.lines_sum,
            invoices.tax,
            sums.lines_tax,
            taxes.taxes_sum,
            invoices.total
        ) as difference
    from billing.invoices
    left join sums using (invoice_id)
    left join taxes using (invoice_id)
    where
        invoices.period_start = p_period_start
        and (
            invoices.subtotal is distinct from sums.lines_sum
            or invoices.tax is distinct from sums.lines_tax
            or invoices.tax is distinct from taxes.taxes_sum
            or invoices.total is distinct from sums.lines_sum + sums.lines_tax
        )
    union all
    select
        invoice_id,
        format(
            'line %s: %s less discounts of %s is not %s',
            position,
            discounted.gross_amount,
            coalesce(discounts.amount, 0),
            discounted.amount
        ) as difference
    from discounted
    full join discounts using (invoice_id, position)
    where
        discounted.gross_amount - discounts.amount is distinct from discounted.amount
        or (discounted.amount is null and discounts.amount <> 0)
)

select
    customers.account_number,
    invoices.invoice_number,
    found.difference
from found
inner join billing.invoices using (invoice_id)
inner join billing.customers using (customer_id)
order by
    length(customers.account_number),
    customers.account_number,
    found.difference
$$;

comment on function billing.total_differences (date)
is 'Invoices of a month (drafts included) whose subtotal, tax or total is not that of their lines, or a line of which is not what its discounts leave; empty when all is well.';
