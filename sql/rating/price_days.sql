-- One that was taken back, because it ends on the day it starts, holds for no day and ends no other.
create or replace view billing.price_days as
select
    prices.price_id,
    prices.plan_id,
    prices.currency,
    prices.customer_id,
    prices.valid_from,
    least(
        coalesce(prices.valid_to, 'infinity'),
        lead(prices.valid_from, 1, 'infinity') over (
            partition by prices.plan_id, prices.currency, prices.customer_id
            order by prices.valid_from
        )
    ) as valid_until
from billing.prices
where prices.valid_to is null or prices.valid_to > prices.valid_from;

comment on view billing.price_days is 'One row per price and the price days for which it holds, among those of its plan, currency and customer.';
comment on column billing.price_days.valid_until is 'First price day for which it does not hold; infinity: open.';
