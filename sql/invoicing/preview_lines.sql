-- Reads the drafts of the transaction it runs in, which billing preview then rolls back.
create or replace function billing.preview_lines(p_period_start date)
returns table (
    account_number text,
    customer_name text,
    currency text,
    "position" integer,
    kind text,
    description text,
    quantity numeric,
    unit_amount numeric,
    amount numeric,
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
    trim_scale(lines.quantity) as quantity,
    lines.unit_amount,
    lines.amount,
    invoices.subtotal,
    invoices.tax,
    invoices.total
from billing.invoices
inner join billing.customers using (customer_id)
inner join billing.invoice_line_items as lines using (invoice_id)
where invoices.period_start = p_period_start and invoices.invoice_number is null
order by
    length(customers.account_number),
    customers.account_number collate "C",
    lines.position
$$;

comment on function billing.preview_lines (date)
is 'Lines of the drafts of a month, with the sums of their invoice repeated on each.';
