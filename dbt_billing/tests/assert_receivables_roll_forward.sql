-- Opening and movements are closing, and the last closing is what is outstanding less what is held of customers.
with receivables as (
    select
        *,
        lag(closing, 1, 0) over (partition by currency order by period_start) as closing_before,
        lead(period_start) over (partition by currency order by period_start) is null as is_last
    from {{ ref('receivables') }}
),

entries as (
    select
        currency,
        outstanding as amount
    from {{ ref('outstanding') }}
    union all
    select
        currency,
        -balance as amount
    from {{ ref('credit_balances') }}
),

open_now as (
    select
        currency,
        sum(amount) as amount
    from entries
    group by currency
)

select
    receivables.month,
    coalesce(receivables.currency, open_now.currency) as currency,
    receivables.closing,
    open_now.amount
from receivables
full join open_now
    on
        receivables.currency = open_now.currency
        and receivables.is_last
where
    receivables.currency is null
    or receivables.opening <> receivables.closing_before
    or receivables.opening + receivables.invoiced + receivables.credited + receivables.received
    + receivables.voided + receivables.reversed <> receivables.closing
    or (receivables.is_last and receivables.closing <> coalesce(open_now.amount, 0))
