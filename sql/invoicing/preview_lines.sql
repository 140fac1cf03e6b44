-- Reads the drafts of the transaction it runs in, which billing preview then rolls back.
create or replace function billing.preview_lines(p_period_start date, p_account_number text)
returns table (
    account_number text,
    customer_name text,
    currency text,
    "position" integer,
    kind text,
    description text,
    service_start date,
    service_end date,
    quantity numeric,
    unit_amount numeric,
    gross_amount numeric,
    discount numeric,
    amount numeric,
    tax_treatment text,
    tax_rate numeric,
    subtotal numeric,
    tax numeric,
    total numeric
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    customers.account_number,
    customers.name as customer_name,
    invoices.currency,
    lines.position,
    lines.kind,
    lines.description,
    lines.service_period_start as service_start,
    lines.service_period_end as service_end,
    trim_scale(lines.quantity) as quantity,
    billing.shown_amount(lines.unit_amount, invoices.currency) as unit_amount,
    billing.shown_amount(lines.gross_amount, invoices.currency) as gross_amount,
    billing.shown_amount(lines.gross_amount - lines.amount, invoices.currency) as discount,
    billing.shown_amount(lines.amount, invoices.currency) as amount,
    lines.tax_treatment,
    lines.tax_rate,
    invoices.subtotal,
    invoices.tax,
    invoices.total
from billing.invoices
inner join billing.customers using (customer_id)
inner join billing.invoice_line_items as lines using (invoice_id)
where
    invoices.period_start = p_period_start
    and invoices.invoice_number is null
    and (p_account_number is null or customers.account_number = p_account_number)
order by
    length(customers.account_number),
    customers.account_number collate "C",
    lines.position
$$;

comment on function billing.preview_lines (date, text)
is 'Lines of the drafts of a month, with the sums of their invoice repeated on each; of one customer, or all (null).';
