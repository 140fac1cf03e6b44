-- Money is only booked where the payer named an invoice that can take it; everything else waits for a person, also what
-- equals a payment of the customer that was booked by hand: it may be the same money.
create or replace function billing._match_credit(p_transaction billing.bank_transactions)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payable bigint[];
    v_customers bigint[];
    v_problems text;
    v_by_hand billing.payments;
    v_applied numeric;
    v_status text := 'unmatched';
    v_reason text := 'no reference';
begin
    select
        array_agg(named.invoice_id order by named.ordinal) filter (where named.problem is null),
        string_agg(named.problem, ', ' order by named.ordinal),
        array_agg(named.customer_id) filter (where named.problem is null)
    into v_payable, v_problems, v_customers
    from billing._named_invoices(p_transaction) as named;
    select * into v_by_hand
    from billing._payments_by_hand(p_transaction) as payments
    where payments.customer_id = any(v_customers)
    order by
        abs(payments.received_on - p_transaction.booked_on),
        payments.payment_id
    limit 1;
    if v_by_hand.payment_id is not null then
        v_reason := format(
            'may be payment %s of %s, which was booked by hand', v_by_hand.payment_id, v_by_hand.received_on
        );
    elsif v_payable is not null then
        v_applied := billing._pay_from_transaction(
            p_transaction => p_transaction,
            p_invoice_ids => v_payable,
            p_on => p_transaction.entered_on
        );
        select
            matched.status,
            matched.reason
        into v_status, v_reason
        from billing._matched_status(
            p_transaction => p_transaction,
            p_applied => v_applied,
            p_invoice_ids => v_payable
        ) as matched;
        v_reason := nullif(concat_ws('; ', v_reason, v_problems), '');
    else
        v_reason := coalesce(v_problems, v_reason);
    end if;
    perform billing._mark_transaction(
        p_bank_transaction_id => p_transaction.bank_transaction_id,
        p_status => v_status,
        p_reason => v_reason
    );
end;
$$;

comment on function billing._match_credit (billing.bank_transactions)
is 'Pays the invoices that a transfer names, as far as it goes; without one that can take money it stays unmatched, with the reason.';
