with payments as (
    select * from {{ ref('stg_billing__payments') }}
),

payment_applications as (
    select * from {{ ref('stg_billing__payment_applications') }}
),

payment_reversals as (
    select * from {{ ref('stg_billing__payment_reversals') }}
),

refunds as (
    select *
    from {{ ref('stg_billing__refunds') }}
    where failed_on is null
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

entries as (
    select
        customer_id,
        currency,
        amount
    from payments
    union all
    select
        payments.customer_id,
        payments.currency,
        -payment_applications.amount as amount
    from payment_applications
    inner join payments on payment_applications.payment_id = payments.payment_id
    union all
    select
        payments.customer_id,
        payments.currency,
        -payment_reversals.amount as amount
    from payment_reversals
    inner join payments on payment_reversals.payment_id = payments.payment_id
    union all
    select
        payments.customer_id,
        payments.currency,
        -refunds.amount as amount
    from refunds
    inner join payments on refunds.payment_id = payments.payment_id
    left join payment_reversals on refunds.refund_id = payment_reversals.refund_id
    where payment_reversals.payment_reversal_id is null
),

balances as (
    select
        customer_id,
        currency,
        sum(amount) as balance
    from entries
    group by
        customer_id,
        currency
)

select
    customers.account_number,
    balances.currency,
    balances.balance,
    {{ as_of() }} as as_of
from balances
inner join customers on balances.customer_id = customers.customer_id
where balances.balance <> 0
