-- An analyst's question: what would February have brought at other prices? The arithmetic of the engine is public, so the
-- answer is computed by the same functions that bill. Played on the first quarter:
--   psql "$(billing url --role billing_analyst)" -af examples/price_change.sql

set billing.as_of = '2026-03-15';

-- One customer, 247,891 calls: line by line, unrounded.
select tier, quantity, unit_amount, amount
from billing.price_quantity(
    'graduated',
    '[{"tier": "Free tier", "up_to": 10000, "unit_amount": "0"},
      {"tier": "Standard tier", "up_to": 100000, "unit_amount": "0.001"},
      {"tier": "Volume tier", "up_to": null, "unit_amount": "0.0005"}]',
    247891
);

-- All customers: February's usage at the prices billed and with the Standard tier at 0.0012.
with prices (name, tiers) as (
    values
    (
        'as billed',
        '[{"tier": "Free tier", "up_to": 10000, "unit_amount": "0"},
          {"tier": "Standard tier", "up_to": 100000, "unit_amount": "0.001"},
          {"tier": "Volume tier", "up_to": null, "unit_amount": "0.0005"}]'::jsonb
    ),
    (
        'standard at 0.0012',
        '[{"tier": "Free tier", "up_to": 10000, "unit_amount": "0"},
          {"tier": "Standard tier", "up_to": 100000, "unit_amount": "0.0012"},
          {"tier": "Volume tier", "up_to": null, "unit_amount": "0.0005"}]'::jsonb
    )
),

usage as (
    select invoice_number, sum(quantity) as quantity
    from reporting.invoice_lines
    where period = '2026-02' and kind = 'usage' and plan_code = 'api-standard'
    group by invoice_number
)

select
    prices.name,
    count(distinct usage.invoice_number) as customers,
    sum(billing.round_amount(priced.amount, 'USD')) as usage_revenue,
    sum(billing.round_amount(priced.amount, 'USD')) - (
        select sum(amount) from reporting.invoice_lines where period = '2026-02' and kind = 'usage'
    ) as change
from prices
cross join usage
cross join lateral billing.price_quantity('graduated', prices.tiers, usage.quantity) as priced
group by prices.name
order by prices.name;

-- Of the large customers, those it would hit hardest.
with repriced as (
    select
        invoice_lines.invoice_number,
        sum(billing.round_amount(priced.amount, 'USD')) as usage
    from (
        select invoice_number, sum(quantity) as quantity
        from reporting.invoice_lines
        where period = '2026-02' and kind = 'usage'
        group by invoice_number
    ) as invoice_lines
    cross join lateral billing.price_quantity(
        'graduated',
        '[{"tier": "Free tier", "up_to": 10000, "unit_amount": "0"},
          {"tier": "Standard tier", "up_to": 100000, "unit_amount": "0.0012"},
          {"tier": "Volume tier", "up_to": null, "unit_amount": "0.0005"}]',
        invoice_lines.quantity
    ) as priced
    group by invoice_lines.invoice_number
)

select
    invoices.account_number,
    invoices.customer_name,
    invoices.subtotal,
    invoices.subtotal - invoices.usage + repriced.usage as at_new_price,
    round(100 * (repriced.usage - invoices.usage) / invoices.subtotal, 1) as change_pct
from reporting.invoices
inner join repriced using (invoice_number)
where invoices.subtotal >= 500
order by change_pct desc, invoices.account_number
limit 5;

-- A seat added on 10 February: what the customer pays of the first month.
select
    billing.prorated_amount(99.00, 19, 28, 'USD') as share,
    billing.prorated_amount(99.00, 19, 28, 'USD') - 99.00 as proration;
