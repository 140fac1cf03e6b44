-- The invoice is not issued yet: what is open already is paid first.
create or replace function billing._prepaid_amount(p_invoice_id bigint)
returns numeric
language sql
stable
security invoker
as $$
select
    least(
        greatest(invoices.total, 0),
        greatest(
            billing.credit_balance(invoices.customer_id, invoices.currency)
            - coalesce((
                select sum(invoice_balances.outstanding)
                from billing.invoice_balances
                where
                    invoice_balances.customer_id = invoices.customer_id
                    and invoice_balances.currency = invoices.currency
                    and invoice_balances.status = 'issued'
            ), 0),
            0
        )
    )
from billing.invoices
where invoices.invoice_id = p_invoice_id
$$;

comment on function billing._prepaid_amount (bigint)
is 'What of an invoice would be paid from credit balance if it were issued now.';
