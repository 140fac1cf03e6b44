create or replace view billing.discounts_in_order as
select
    discount_id,
    customer_id,
    discount_code,
    name,
    percent,
    amount,
    currency,
    minor_units,
    starts_on,
    ends_on,
    plan_codes,
    created_at,
    updated_at,
    row_number() over (
        partition by customer_id, percent is null
        order by discount_code collate "C"
    ) as place
from billing.discounts;

comment on view billing.discounts_in_order is 'Discounts, numbered in the order in which they are taken: by code, those in percent and the fixed ones each for themselves.';
