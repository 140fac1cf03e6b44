-- A letter is written when money is booked, and may be sent after that money was paid out or used. It then says what
-- became of the credit balance as a whole, which stays true whatever else the customer is told of it.
create or replace function billing._told_credit(p_email billing.emails)
returns jsonb
language sql
stable
security invoker
as $$
select
    jsonb_build_object(
        'is_kept', paid_out.amount is null and balances.amount >= coalesce(
            p_email.details ->> 'credit_amount', p_email.details ->> 'kept_amount', '0'
        )::numeric,
        'credit_balance', balances.amount::text,
        'paid_out_amount', coalesce(billing.shown_amount(paid_out.amount, invoices.currency), 0)::text,
        'paid_out_on', paid_out.paid_on
    )
from billing.invoices
cross join lateral (
    select billing.credit_balance(invoices.customer_id, invoices.currency) as amount
) as balances
cross join lateral (
    select
        sum(payouts.amount) as amount,
        case when min(payouts.paid_on) = max(payouts.paid_on) then max(payouts.paid_on) end as paid_on
    from billing.payouts
    where
        payouts.customer_id = invoices.customer_id
        and payouts.currency = invoices.currency
        and payouts.payout_id > (p_email.details ->> 'last_payout_id')::bigint
        and not billing.is_taken_back(payouts.payout_id)
) as paid_out
where invoices.invoice_id = p_email.invoice_id
$$;

comment on function billing._told_credit (billing.emails)
is 'Whether what a letter was to call kept is there when it is sent; if not, the credit balance now, and what was paid out since the letter was written, with the day where that is one.';
