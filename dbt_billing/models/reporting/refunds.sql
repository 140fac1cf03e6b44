with refunds as (
    select * from {{ ref('stg_billing__refunds') }}
),

credit_notes as (
    select * from {{ ref('stg_billing__credit_notes') }}
),

payments as (
    select * from {{ ref('stg_billing__payments') }}
),

payment_reversals as (
    select * from {{ ref('stg_billing__payment_reversals') }}
    where refund_id is not null
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
)

select
    refunds.refund_id,
    credit_notes.credit_note_number,
    customers.account_number,
    refunds.scheduled_on as requested_on,
    case
        when payment_reversals.payment_reversal_id is not null then 'succeeded'
        when refunds.failed_on is not null then 'failed'
        else 'pending'
    end as state,
    payments.currency,
    round(refunds.amount, payments.minor_units) as amount,
    coalesce(payment_reversals.reversed_on, refunds.failed_on) as finished_on,
    refunds.payment_id,
    {{ period_start('refunds.scheduled_on') }} as period_start
from refunds
inner join payments on refunds.payment_id = payments.payment_id
inner join customers on payments.customer_id = customers.customer_id
left join credit_notes on refunds.credit_note_id = credit_notes.credit_note_id
left join payment_reversals on refunds.refund_id = payment_reversals.refund_id
