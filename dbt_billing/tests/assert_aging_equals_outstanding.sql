-- The ages of debt add up to what is outstanding, and their shares to one, in every currency.
with outstanding as (
    select
        currency,
        count(*) as invoices,
        sum(outstanding) as outstanding
    from {{ ref('outstanding') }}
    group by currency
),

aging as (
    select
        currency,
        count(*) as buckets,
        sum(invoices) as invoices,
        sum(outstanding) as outstanding,
        sum(share) as share
    from {{ ref('aging') }}
    group by currency
)

select
    aging.*,
    outstanding.outstanding as expected
from aging
full join outstanding on aging.currency = outstanding.currency
where
    aging.buckets is distinct from 4
    or aging.invoices <> coalesce(outstanding.invoices, 0)
    or aging.outstanding <> coalesce(outstanding.outstanding, 0)
    or (outstanding.outstanding > 0 and aging.share <> 1)
