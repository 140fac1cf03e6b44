-- What no cell or no tier covers, or has no price, makes no charge: unpriced_services names it, and who it is of is
-- parked.
create or replace function billing._charge_usage()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.rated_charges (
        charge_key, service_key, customer_id, charge_kind, subscription_id, plan_id, price_id, cell, tier,
        tier_position, is_tier_flat_amount, first_on, quantity, used, unit_amount, gross_amount, amount, minor_units,
        period_start, period_end, due_on, due_month, taxed_on
    )
    select
        periods.service_key || '/' || ladders.charge_name
        || case when priced.is_tier_flat_amount then '/flat' else '' end as charge_key,
        periods.service_key,
        periods.customer_id,
        'usage' as charge_kind,
        used.subscription_id,
        used.plan_id,
        used.price_id,
        ladders.cell,
        ladders.tier,
        ladders.tier_position,
        priced.is_tier_flat_amount,
        prices.first_on,
        priced.quantity,
        used.quantity as used,
        priced.unit_amount,
        gross.amount as gross_amount,
        gross.amount,
        currencies.exponent as minor_units,
        periods.period_start,
        periods.period_end,
        periods.due_on,
        billing.month_due(periods.due_on) as due_month,
        periods.taxed_on
    from pg_temp.rated_quantities as used
    inner join pg_temp.rated_periods as periods using (subscription_id, period_start)
    inner join pg_temp.rated_prices as prices using (subscription_id, period_start, plan_id)
    inner join billing.price_ladders as ladders
        on used.price_id = ladders.price_id and used.cell_position = ladders.cell_position
    inner join billing.currencies on ladders.currency = currencies.currency
    cross join lateral (
        select
            billing.tier_quantity(
                p_pricing_model => ladders.pricing_model,
                p_quantity => used.quantity,
                p_above => ladders.above,
                p_up_to => ladders.up_to,
                p_package_size => ladders.package_size
            ) as quantity
    ) as in_tier
    cross join lateral (
        values
        (false, in_tier.quantity, ladders.unit_amount),
        (true, 1::numeric, ladders.flat_amount)
    ) as priced (is_tier_flat_amount, quantity, unit_amount)
    cross join lateral (
        select round(priced.quantity * priced.unit_amount, currencies.exponent) as amount
    ) as gross
    where
        in_tier.quantity is not null
        and (not priced.is_tier_flat_amount or priced.unit_amount <> 0);
end;
$$;

comment on function billing._charge_usage ()
is 'Fifth step: what usage costs, a charge per plan, cell and tier reached, and one for a tier''s flat amount; rounded once each.';
