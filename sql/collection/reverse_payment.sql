-- Locks the account. A second call changes nothing and says that it is a repeat.
create or replace function billing.reverse_payment(p_payment_id bigint, p_reason text, p_as_of date)
returns table (
    is_repeat boolean,
    amount numeric,
    currency text,
    opened_invoices jsonb
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_payment billing.payments;
begin
    v_payment := billing.reversible_payment(p_payment_id, p_as_of);
    perform billing.require_reason(p_reason, 'taking a payment back');
    currency := v_payment.currency;
    select reversals.amount into amount
    from billing.payment_reversals as reversals
    where reversals.payment_id = p_payment_id and reversals.kind = 'correction';
    is_repeat := found;
    if not is_repeat then
        amount := billing._correct_payment(p_payment_id, p_reason, p_as_of);
    end if;
    amount := billing.shown_amount(amount, currency);
    select
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'invoice_number', invoices.invoice_number,
                    'outstanding', round(invoice_balances.outstanding, invoice_balances.minor_units)::text
                )
                order by invoices.invoice_id
            ),
            '[]'
        )
    into opened_invoices
    from billing.invoices
    inner join billing.invoice_balances using (invoice_id)
    where
        invoice_balances.outstanding > 0
        and invoices.invoice_id in (
            select applications.invoice_id
            from billing.payment_applications as applications
            where applications.payment_id = p_payment_id
        );
    return next;
end;
$$;

comment on function billing.reverse_payment (bigint, text, date)
is 'Takes back a payment that was booked by hand: its invoices are open again, and their collection begins anew. Money from a card or a bank statement has its own way back, which the refusal names.';
