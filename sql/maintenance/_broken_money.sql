-- Long for its rules, a branch each.
create or replace function billing._broken_money()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
with owed as (
    select
        invoices.invoice_id,
        invoices.invoice_number,
        invoices.status,
        invoices.total,
        coalesce((
            select sum(applications.amount)
            from billing.payment_applications as applications
            where applications.invoice_id = invoices.invoice_id
        ), 0) as applied,
        coalesce((
            select sum(credit_notes.amount)
            from billing.credit_notes
            where credit_notes.invoice_id = invoices.invoice_id
        ), 0) as credited
    from billing.invoices
    where invoices.invoice_number is not null
)

select
    'payments applied are not more than received' as invariant,
    'payment ' || payment_balances.payment_id as subject,
    format(
        '%s applied, %s gone back and %s about to, of %s',
        payment_balances.applied, payment_balances.reversed, payment_balances.refunding, payment_balances.amount
    ) as detail
from billing.payment_balances
where
    payment_balances.applied < 0
    or payment_balances.applied > payment_balances.amount - payment_balances.reversed
    or payment_balances.reversed > payment_balances.amount
union all
select
    'payments applied are not more than owed' as invariant,
    owed.invoice_number as subject,
    format('%s applied to %s, of which %s are credited', owed.applied, owed.total, owed.credited) as detail
from owed
where owed.applied > greatest(owed.total - owed.credited, 0) or owed.applied < 0
union all
select
    'credit notes are not more than their invoice' as invariant,
    owed.invoice_number as subject,
    format('%s credited of %s', owed.credited, owed.total) as detail
from owed
where owed.credited > greatest(owed.total, 0)
union all
select
    'states agree with money' as invariant,
    owed.invoice_number as subject,
    format(
        'the invoice is %s with %s applied and %s credited of %s',
        owed.status, owed.applied, owed.credited, owed.total
    ) as detail
from owed
where
    (owed.status = 'paid' and owed.applied + owed.credited < owed.total)
    or (owed.status = 'issued' and owed.applied + owed.credited >= owed.total)
    or (owed.status in ('draft', 'void') and owed.applied > 0)
union all
select
    'nothing is asked of a customer that is held of them' as invariant,
    invoices.invoice_number as subject,
    format('payment %s has %s left: billing collect applies it', held.payment_id, held.unapplied) as detail
from billing.invoices
inner join billing.payments
    on
        invoices.customer_id = payments.customer_id
        and invoices.currency = payments.currency
inner join billing.payment_balances as held on payments.payment_id = held.payment_id
where
    invoices.status = 'issued'
    and held.unapplied > 0
    and billing.applicable_balance(invoices.customer_id, invoices.currency) > 0
union all
select
    'payouts are made of payments' as invariant,
    'payout-' || payouts.payout_id as subject,
    format('%s paid out, %s taken from payments', payouts.amount, taken.amount) as detail
from billing.payouts
cross join lateral (
    select coalesce(sum(reversals.amount), 0) as amount
    from billing.payment_reversals as reversals
    where reversals.payout_id = payouts.payout_id
) as taken
where taken.amount <> case when billing.is_taken_back(payouts.payout_id) then 0 else payouts.amount end
union all
select
    'no invoice is paid before it was issued' as invariant,
    invoices.invoice_number as subject,
    format('%s applied before %s', sum(applications.amount), invoices.issued_on) as detail
from billing.invoices
inner join billing.payment_applications as applications using (invoice_id)
where applications.applied_on < invoices.issued_on
group by invoices.invoice_id
having sum(applications.amount) <> 0
$$;

comment on function billing._broken_money ()
is 'Payments, credit notes and invoices whose sums or states contradict each other.';
