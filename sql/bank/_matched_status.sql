create or replace function billing._matched_status(
    p_transaction billing.bank_transactions,
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
        when p_applied < p_transaction.amount then 'overpaid'
        when open_after.invoices is null then 'matched'
        else 'partial'
    end as status,
    case
        when p_applied < p_transaction.amount then concat_ws(
            ', ',
            format('%s more than owed', billing.shown_amount(p_transaction.amount - p_applied, p_transaction.currency)),
            billing.shown_amount(others.amount, p_transaction.currency) || ' pays ' || others.invoices,
            case
                when others.invoices is null then 'which became credit balance'
                when others.amount < p_transaction.amount - p_applied
                    then format(
                        '%s became credit balance',
                        billing.shown_amount(p_transaction.amount - p_applied - others.amount, p_transaction.currency)
                    )
            end
        )
        else open_after.invoices
    end as reason
from (
    select
        string_agg(
            format(
                '%s of %s left open',
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
cross join (
    select
        string_agg(distinct invoices.invoice_number, ', ') as invoices,
        coalesce(sum(applications.amount), 0) as amount
    from billing.payments
    inner join billing.payment_balances on payments.payment_id = payment_balances.payment_id
    inner join billing.payment_applications as applications on payments.payment_id = applications.payment_id
    inner join billing.invoices on applications.invoice_id = invoices.invoice_id
    where
        payments.bank_transaction_id = p_transaction.bank_transaction_id
        and payment_balances.taken_back = 0
        and applications.invoice_id <> all(p_invoice_ids)
) as others
$$;

comment on function billing._matched_status (billing.bank_transactions, numeric, bigint[])
is 'What a transfer did to the invoices it was for: overpaid, partial or matched, and in words what is left over or open.';
