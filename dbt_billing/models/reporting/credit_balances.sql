with payments as (
    select * from {{ ref('stg_billing__payments') }}
),

payment_applications as (
    select * from {{ ref('stg_billing__payment_applications') }}
),

payment_reversals as (
    select * from {{ ref('stg_billing__payment_reversals') }}
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

balances as (
    select
        payments.customer_id,
        payments.currency,
        sum(
            payments.amount
            - coalesce(applications.amount, 0)
            - coalesce(reversals.amount, 0)
        ) as balance
    from payments
    left join lateral (
        select sum(payment_applications.amount) as amount
        from payment_applications
        where payment_applications.payment_id = payments.payment_id
    ) as applications on true
    left join lateral (
        select sum(payment_reversals.amount) as amount
        from payment_reversals
        where payment_reversals.payment_id = payments.payment_id
    ) as reversals on true
    group by
        payments.customer_id,
        payments.currency
)

select
    customers.account_number,
    balances.currency,
    balances.balance
from balances
inner join customers on balances.customer_id = customers.customer_id
where balances.balance <> 0
