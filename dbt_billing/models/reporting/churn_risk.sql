with usage_months as (
    select *
    from {{ ref('int_usage_months_compared') }}
    where is_declining
),

usage_stopped as (
    select * from {{ ref('int_usage_stopped') }}
),

subscription_phases as (
    select *
    from {{ ref('stg_billing__subscription_phases') }}
    where starts_on <= {{ as_of() }} and ends_on > {{ as_of() }}
),

invoices as (
    select * from {{ ref('stg_billing__invoices') }}
),

outstanding as (
    select * from {{ ref('outstanding') }}
),

payment_attempts as (
    select *
    from {{ ref('stg_billing__payment_attempts') }}
    where state = 'declined' and scheduled_on > {{ as_of() }} - 90
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

metrics as (
    select * from {{ ref('stg_billing__metrics') }}
),

-- What they are subscribed to no more says nothing about whether they stay.
falls as (
    select
        usage_months.customer_id,
        usage_months.metric_id,
        usage_months.usage_3,
        usage_months.usage_2,
        usage_months.usage_1,
        usage_months.decline_pct
    from usage_months
    where
        exists (
            select subscription_phases.subscription_id
            from subscription_phases
            where
                subscription_phases.customer_id = usage_months.customer_id
                and subscription_phases.metric_id = usage_months.metric_id
        )
    union all
    select
        customer_id,
        metric_id,
        usage_3,
        usage_2,
        usage_1,
        decline_pct
    from usage_stopped
),

-- One metric stands for the customer: the one that fell most.
declines as (
    select distinct on (customer_id)
        customer_id,
        metric_id,
        usage_3,
        usage_2,
        usage_1,
        decline_pct
    from falls
    order by customer_id asc, decline_pct desc, metric_id asc
),

failures as (
    select
        invoices.customer_id,
        count(*) as failed_payments
    from payment_attempts
    inner join invoices on payment_attempts.invoice_id = invoices.invoice_id
    group by invoices.customer_id
),

reasons as (
    select
        customer_id,
        'declining_usage' as reason
    from declines
    union all
    select
        customer_id,
        'payment_failure' as reason
    from failures
),

balances as (
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
    reasons.reason,
    trim_scale(declines.usage_3) as usage_3,
    trim_scale(declines.usage_2) as usage_2,
    trim_scale(declines.usage_1) as usage_1,
    declines.decline_pct,
    coalesce(failures.failed_payments, 0) as failed_payments,
    {{ money('balances.outstanding', 'currencies.minor_units') }} as outstanding,
    least(
        round(coalesce(declines.decline_pct, 0)) + 20 * coalesce(failures.failed_payments, 0),
        100
    ) as score,
    metrics.metric,
    customers.currency,
    {{ as_of() }} as as_of
from reasons
inner join customers on reasons.customer_id = customers.customer_id
inner join currencies on customers.currency = currencies.currency
left join declines on reasons.customer_id = declines.customer_id
left join failures on reasons.customer_id = failures.customer_id
left join metrics on declines.metric_id = metrics.metric_id
left join balances
    on
        customers.account_number = balances.account_number
        and customers.currency = balances.currency
where
    exists (
        select subscription_phases.subscription_id
        from subscription_phases
        where subscription_phases.customer_id = customers.customer_id
    )
