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
        end as amount_due
    from invoices
    left join lateral (
        select sum(payment_applications.amount) as amount_paid
        from payment_applications
        where payment_applications.invoice_id = invoices.invoice_id
    ) as payments on true
    left join lateral (
        select sum(credit_notes.amount) as amount_credited
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
        -- The day from which on nothing was open any more, whatever moved since.
        when status = 'paid'
            then (
                select min(open_since.day)
                from (
                    select
                        days.day,
                        bool_or(days.balance > 0) over (order by days.day desc) as is_open_from_then
                    from (
                        select
                            settlements.day,
                            judged.total - sum(sum(settlements.amount)) over (order by settlements.day) as balance
                        from (
                            select
                                judged.issued_on as day,
                                0 as amount
                            union all
                            select
                                applications.applied_on as day,
                                applications.amount
                            from {{ ref('stg_billing__payment_applications') }} as applications
                            where applications.invoice_id = judged.invoice_id
                            union all
                            select
                                credited.issued_on as day,
                                credited.amount
                            from {{ ref('stg_billing__credit_notes') }} as credited
                            where credited.invoice_id = judged.invoice_id
                        ) as settlements
                        group by settlements.day
                    ) as days
                ) as open_since
                where not open_since.is_open_from_then
            )
    end as paid_on
from judged
