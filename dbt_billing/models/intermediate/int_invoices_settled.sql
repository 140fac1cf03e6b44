with invoices as (
    select * from {{ ref('int_invoices_itemized') }}
),

payment_applications as (
    select * from {{ ref('stg_billing__payment_applications') }}
),

credit_notes as (
    select * from {{ ref('stg_billing__credit_notes') }}
),

balanced as (
    select
        invoices.*,
        coalesce(payments.amount_paid, 0) as amount_paid,
        coalesce(credits.amount_credited, 0) as amount_credited,
        case
            when invoices.is_void then 0
            else greatest(
                invoices.total
                - coalesce(payments.amount_paid, 0)
                - coalesce(credits.amount_credited, 0),
                0
            )
        end as amount_due,
        greatest(invoices.issued_on, payments.last_paid_on, credits.last_credited_on) as last_settled_on
    from invoices
    left join lateral (
        select
            sum(payment_applications.amount) as amount_paid,
            max(payment_applications.applied_on) as last_paid_on
        from payment_applications
        where payment_applications.invoice_id = invoices.invoice_id
    ) as payments on true
    left join lateral (
        select
            sum(credit_notes.amount) as amount_credited,
            max(credit_notes.issued_on) as last_credited_on
        from credit_notes
        where credit_notes.invoice_id = invoices.invoice_id
    ) as credits on true
),

judged as (
    select
        *,
        case
            when is_void then 'void'
            when is_settled then 'paid'
            when not is_delivered then 'draft'
            when amount_due = 0 then 'paid'
            when due_on < {{ as_of() }} then 'overdue'
            else 'issued'
        end as status
    from balanced
)

select
    invoice_id,
    billing_run_id,
    customer_id,
    invoice_number,
    account_number,
    customer_name,
    country,
    region,
    currency,
    collection_method,
    status,
    tax_treatment,
    tax_rate,
    gross,
    usage,
    subscription,
    proration,
    charges,
    discount,
    minimum,
    maximum,
    subtotal,
    tax,
    total,
    amount_paid,
    amount_credited,
    amount_due,
    is_settled,
    is_void,
    period_start,
    period_end,
    issued_on,
    due_on,
    case
        when is_settled then paid_on
        when status = 'paid' then last_settled_on
    end as paid_on
from judged
