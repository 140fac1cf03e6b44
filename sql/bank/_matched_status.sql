create or replace function billing._matched_status(
    p_amount numeric,
    p_applied numeric,
    p_invoice_ids bigint[]
)
returns table (
    status text,
    reason text
)
language sql
stable
security invoker
as $$
select
    case
        when p_applied < p_amount then 'overpaid'
        when open_after.invoices is null then 'matched'
        else 'partial'
    end as status,
    case
        when p_applied < p_amount
            then format('%s more than owed, now credit balance', p_amount - p_applied)
        else open_after.invoices
    end as reason
from (
    select
        string_agg(
            format(
                '%s of %s still open',
                round(invoice_balances.outstanding, invoice_balances.minor_units),
                invoices.invoice_number
            ),
            ', ' order by invoices.invoice_id
        ) as invoices
    from billing.invoice_balances
    inner join billing.invoices using (invoice_id)
    where
        invoice_balances.invoice_id = any(p_invoice_ids)
        and invoice_balances.outstanding > 0
) as open_after
$$;

comment on function billing._matched_status (numeric, numeric, bigint[])
is 'What a transfer did to the invoices it named: overpaid, partial or matched, and in words what is left over or open.';
