-- The price is for the whole interval. A phase that has but part of the period's days gets the rest back in a
-- proration.
-- Long for the columns of a charge.
create or replace function billing._charge_fees()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.rated_charges (
        charge_key, service_key, customer_id, charge_kind, subscription_id, plan_id, price_id, tier,
        is_tier_flat_amount, first_day, first_on, quantity, unit_amount, gross_amount, amount, minor_units,
        period_start, period_end, due_on, due_month, taxed_on
    )
    select
        concat_ws(
            '/',
            periods.service_key,
            quote_ident(plans.plan_code),
            billing.iso_day(segments.first_day),
            fees.charge_kind
        ) as charge_key,
        periods.service_key,
        periods.customer_id,
        fees.charge_kind,
        segments.subscription_id,
        segments.plan_id,
        prices.price_id,
        fees.tier,
        false as is_tier_flat_amount,
        segments.first_day,
        prices.first_on,
        fees.quantity,
        fees.unit_amount,
        fees.amount as gross_amount,
        fees.amount,
        currencies.exponent as minor_units,
        periods.period_start,
        periods.period_end,
        periods.due_on,
        billing.month_due(periods.due_on) as due_month,
        periods.taxed_on
    from pg_temp.rated_segments as segments
    inner join pg_temp.rated_periods as periods using (subscription_id, period_start)
    inner join pg_temp.rated_prices as prices using (subscription_id, period_start, plan_id)
    inner join billing.price_ladders as ladders on prices.price_id = ladders.price_id
    inner join billing.pricing_plans as plans on segments.plan_id = plans.plan_id
    inner join billing.currencies on segments.currency = currencies.currency
    cross join lateral (
        select
            segments.end_day - segments.first_day as active,
            segments.period_end - segments.period_start as in_period
    ) as days
    cross join lateral (
        select
            round(segments.quantity * ladders.unit_amount, currencies.exponent) as full_amount,
            billing.prorated_share(
                p_amount => segments.quantity * ladders.unit_amount,
                p_active_days => days.active,
                p_period_days => days.in_period,
                p_minor_units => currencies.exponent
            ) as share
    ) as amounts
    cross join lateral (
        select
            'subscription' as charge_kind,
            null as tier,
            segments.quantity,
            ladders.unit_amount,
            amounts.full_amount as amount
        union all
        select
            'proration' as charge_kind,
            days.active || '/' || days.in_period as tier,
            1 as quantity,
            amounts.share - amounts.full_amount as unit_amount,
            amounts.share - amounts.full_amount as amount
        where days.active < days.in_period
    ) as fees
    where segments.metric_id is null and not segments.is_trial;
end;
$$;

comment on function billing._charge_fees ()
is 'Sixth step: what each phase costs, its full price and, where it has not all days of the period, the proration with its days as tier, such as 19/28.';
