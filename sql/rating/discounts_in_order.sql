create or replace view billing.discounts_in_order as
select
    discounts.*,
    row_number() over (
        partition by discounts.customer_id, discounts.percent is null
        order by discounts.discount_code collate "C"
    ) as place
from billing.discounts;

comment on view billing.discounts_in_order is 'Discounts, numbered in the order in which they are taken: by code, those in percent and the fixed ones each for themselves.';
