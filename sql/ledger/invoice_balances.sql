create or replace view billing.invoice_balances as
select
    invoices.invoice_id,
    invoices.customer_id,
    invoices.currency,
    invoices.minor_units,
    invoices.status,
    invoices.total,
    coalesce(applied.amount, 0) as applied,
    coalesce(credited.amount, 0) as credited,
    case
        when invoices.status = 'void' then 0
        else greatest(invoices.total - coalesce(applied.amount, 0) - coalesce(credited.amount, 0), 0)
    end as outstanding
from billing.invoices
left join lateral (
    select sum(applications.amount) as amount
    from billing.payment_applications as applications
    where applications.invoice_id = invoices.invoice_id
) as applied on true
left join lateral (
    select sum(credit_notes.amount) as amount
    from billing.credit_notes
    where credit_notes.invoice_id = invoices.invoice_id
) as credited on true
where invoices.invoice_number is not null;

comment on view billing.invoice_balances
is 'One row per numbered invoice: what it was, what payments and credit notes took off it, what is outstanding now; currency units.';
