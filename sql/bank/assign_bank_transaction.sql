-- What looks like a mistake is booked only once a person has said that it is none (p_is_confirmed).
-- The money was received when the bank booked it; it is booked, and pays the invoices, on the day of the decision.
-- Locks the accounts, then the entry: of two decisions about one entry the second finds it decided.
create or replace function billing.assign_bank_transaction(
    p_bank_transaction_id bigint,
    p_invoice_numbers text[],
    p_as_of date,
    p_is_confirmed boolean
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
    v_number text;
    v_invoice billing.invoices;
    v_invoice_ids bigint[] := array[]::bigint[];
    v_transaction billing.bank_transactions;
begin
    perform billing.lock_invoices(array(
        select invoice_id from billing.invoices where invoice_number = any(p_invoice_numbers)
    ));
    foreach v_number in array p_invoice_numbers loop
        v_invoice := billing.issued_invoice(v_number, 'A void invoice takes no payment.');
        if v_invoice.invoice_id <> all(v_invoice_ids) then
            v_invoice_ids := v_invoice_ids || v_invoice.invoice_id;
        end if;
        v_transaction := billing._waiting_credit(p_bank_transaction_id, v_invoice.currency);
    end loop;
    if v_invoice_ids = '{}' then
        raise invalid_parameter_value using message = 'no invoice was named';
    end if;
    perform billing.require_confirmation(
        billing._assignment_concern(v_transaction, v_invoice_ids), p_is_confirmed
    );
    applied := billing._pay_from_transaction(
        p_transaction => v_transaction,
        p_invoice_ids => v_invoice_ids,
        p_on => greatest(p_as_of, v_transaction.entered_on)
    );
    applied := billing.shown_amount(applied, v_transaction.currency);
    select
        matched.status,
        matched.reason
    into status, status_reason
    from billing._matched_status(
        p_transaction => v_transaction,
        p_applied => applied,
        p_invoice_ids => v_invoice_ids
    ) as matched;
    perform billing._note_decision(
        p_transaction => v_transaction,
        p_status => status,
        p_reason => status_reason,
        p_what => format(
            'assigned to %s by hand: %s %s applied',
            array_to_string(p_invoice_numbers, ', '), applied, v_transaction.currency
        ),
        p_as_of => p_as_of
    );
    return next;
end;
$$;

comment on function billing.assign_bank_transaction (bigint, text[], date, boolean)
is 'Books an unmatched transfer as a payment of invoices, in the order given, by hand. Raises UB009 where a person has to confirm it first.';
