create or replace function billing.payment_concern(p_payment billing.payments)
returns text
language sql
stable
security invoker
as $$
select
    concat_ws(
        '; ',
        case
            when invoice_balances.outstanding <= 0 then format('nothing is due on %s', invoices.invoice_number)
        end,
        case
            when billing.is_far_above(p_payment.amount, owed.amount, invoices.total) then format(
                '%s %s is far above what is due (%s)',
                billing.shown_amount(p_payment.amount, p_payment.currency), p_payment.currency,
                round(owed.amount, invoices.minor_units)
            )
        end,
        case
            when p_payment.received_on < invoices.issued_on then format(
                '%s is before %s was issued, on %s',
                p_payment.received_on, invoices.invoice_number, invoices.issued_on
            )
        end,
        case
            when p_payment.reference is null then (
                select format('the same payment was booked on that day, as payment %s', max(earlier.payment_id))
                from billing.payments as earlier
                inner join billing.payment_balances using (payment_id)
                where
                    earlier.invoice_id = invoices.invoice_id
                    and earlier.received_on = p_payment.received_on
                    and earlier.amount = p_payment.amount
                    and payment_balances.taken_back = 0
                having count(*) > 0
            )
        end
    )
from billing.invoices
inner join billing.invoice_balances using (invoice_id)
cross join lateral (
    select coalesce(sum(open_balances.outstanding), 0) as amount
    from billing.invoice_balances as open_balances
    where
        open_balances.customer_id = invoices.customer_id
        and open_balances.currency = invoices.currency
        and open_balances.status = 'issued'
) as owed
where invoices.invoice_id = p_payment.invoice_id
$$;

comment on function billing.payment_concern (billing.payments)
is 'What about a payment looks like a mistake, in words; empty if nothing does.';
