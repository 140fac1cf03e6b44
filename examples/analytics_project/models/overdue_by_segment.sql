with outstanding as (
    select * from {{ ref('dbt_billing', 'outstanding') }}
    where days_overdue > 0
),

customers as (
    select * from {{ ref('dbt_billing', 'customers') }}
)

select
    coalesce(customers.segment, 'none') as segment,
    outstanding.currency,
    count(*) as invoices,
    sum(outstanding.outstanding) as outstanding,
    max(outstanding.days_overdue) as longest_overdue
from outstanding
inner join customers on outstanding.account_number = customers.account_number
group by
    coalesce(customers.segment, 'none'),
    outstanding.currency
