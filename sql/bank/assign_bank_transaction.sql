-- The money was received when the bank booked it; it pays the invoice on the day of the decision.
create or replace function billing.assign_bank_transaction(
    p_bank_transaction_id bigint,
    p_invoice_number text,
    p_as_of date
)
returns table (
    status text,
    status_reason text,
    applied numeric
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
    v_transaction billing.bank_transactions;
begin
    v_invoice := billing._payable_invoice(p_invoice_number);
    v_transaction := billing._waiting_transaction(p_bank_transaction_id);
    if v_transaction.amount <= 0 then
        raise invalid_parameter_value using
            message = format('bank transaction %s is no money received', p_bank_transaction_id);
    end if;
    if v_transaction.currency <> v_invoice.currency then
        raise invalid_parameter_value using message = format(
            'bank transaction %s is in %s, invoice %s in %s',
            p_bank_transaction_id, v_transaction.currency, p_invoice_number, v_invoice.currency
        );
    end if;
    applied := billing._pay_from_transaction(
        p_transaction => v_transaction,
        p_invoice_ids => array[v_invoice.invoice_id],
        p_on => greatest(p_as_of, v_transaction.booked_on)
    );
    select
        matched.status,
        matched.reason
    into status, status_reason
    from billing._matched_status(
        p_amount => v_transaction.amount,
        p_applied => applied,
        p_invoice_ids => array[v_invoice.invoice_id]
    ) as matched;
    perform billing._mark_transaction(
        p_bank_transaction_id => p_bank_transaction_id,
        p_status => status,
        p_reason => status_reason
    );
    perform billing._append_audit_entry(
        p_business_date => p_as_of,
        p_topic => 'payment',
        p_subject => 'bank transaction ' || p_bank_transaction_id,
        p_from_state => v_transaction.status,
        p_to_state => status,
        p_reason => format(
            'assigned to %s by hand: %s %s applied', p_invoice_number, applied, v_transaction.currency
        )
    );
    return next;
end;
$$;

comment on function billing.assign_bank_transaction (bigint, text, date)
is 'Books an unmatched transfer as a payment of an invoice, by hand.';
