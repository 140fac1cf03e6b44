-- A surplus pays other invoices of the customer. Of an entry that names nothing due, or of which more than half would
-- pay nothing, a digit of the invoice's number may be wrong, and it is somebody else's money.
create or replace function billing._assignment_concern(
    p_transaction billing.bank_transactions,
    p_invoice_ids bigint[]
)
returns text
language sql
stable
security invoker
as $$
select
    concat_ws(
        '; ',
        case when named.due = 0 then format('nothing is due on %s', named.numbers) end,
        case
            when p_transaction.amount > owed.amount then format(
                '%s %s of the entry would be credit balance of account %s (%s)',
                billing.shown_amount(p_transaction.amount - owed.amount, p_transaction.currency),
                p_transaction.currency, customers.account_number, customers.name
            )
            else format(
                'the entry would pay other invoices of account %s (%s)', customers.account_number, customers.name
            )
        end
    )
from (
    select
        sum(invoice_balances.outstanding) as due,
        string_agg(invoices.invoice_number, ', ' order by array_position(p_invoice_ids, invoices.invoice_id)) as numbers
    from billing.invoices
    inner join billing.invoice_balances using (invoice_id)
    where invoices.invoice_id = any(p_invoice_ids)
) as named
cross join (
    select coalesce(sum(outstanding), 0) as amount
    from billing.invoice_balances
    where
        currency = p_transaction.currency
        and status = 'issued'
        and customer_id in (select customer_id from billing.invoices where invoice_id = any(p_invoice_ids))
) as owed
inner join billing.customers
    on customers.customer_id = (select customer_id from billing.invoices where invoice_id = p_invoice_ids[1])
where named.due = 0 or p_transaction.amount > 2 * owed.amount
$$;

comment on function billing._assignment_concern (billing.bank_transactions, bigint[])
is 'What about paying invoices from a bank entry looks like a mistake, in words; null if nothing does.';
