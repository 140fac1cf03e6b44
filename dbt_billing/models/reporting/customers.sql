with customers as (
    select * from {{ ref('stg_billing__customers') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where not is_void
),

subscription_phases as (
    select *
    from {{ ref('stg_billing__subscription_phases') }}
    where starts_on <= {{ as_of() }} and ends_on > {{ as_of() }}
),

recurring_months as (
    select * from {{ ref('int_recurring_months_counted') }}
),

outstanding as (
    select * from {{ ref('outstanding') }}
),

credit_balances as (
    select * from {{ ref('credit_balances') }}
),

billed as (
    select
        customer_id,
        min(period_start) as first_month,
        max(period_start) as last_month
    from invoices
    group by customer_id
),

subscribed as (
    select
        customer_id,
        count(distinct subscription_id) as subscriptions
    from subscription_phases
    group by customer_id
),

recurring as (
    select
        customer_id,
        currency,
        mrr
    from recurring_months
    where period_start = {{ last_month_billed() }}
),

debts as (
    select
        account_number,
        currency,
        sum(outstanding) as outstanding
    from outstanding
    group by
        account_number,
        currency
)

select
    customers.account_number,
    customers.name as customer_name,
    customers.segment,
    customers.country,
    customers.currency,
    customers.collection_method,
    customers.signed_up_on,
    {{ period('billed.first_month') }} as first_billed_month,
    {{ period('billed.last_month') }} as last_billed_month,
    coalesce(subscribed.subscriptions, 0) as active_subscriptions,
    {{ money('recurring.mrr', 'currencies.minor_units') }} as mrr,
    {{ money('debts.outstanding', 'currencies.minor_units') }} as outstanding,
    {{ money('credit_balances.balance', 'currencies.minor_units') }} as credit_balance,
    {{ as_of() }} as as_of
from customers
inner join currencies on customers.currency = currencies.currency
left join billed on customers.customer_id = billed.customer_id
left join subscribed on customers.customer_id = subscribed.customer_id
left join recurring
    on
        customers.customer_id = recurring.customer_id
        and customers.currency = recurring.currency
left join debts
    on
        customers.account_number = debts.account_number
        and customers.currency = debts.currency
left join credit_balances
    on
        customers.account_number = credit_balances.account_number
        and customers.currency = credit_balances.currency
where customers.signed_up_on <= {{ as_of() }} or billed.first_month is not null
