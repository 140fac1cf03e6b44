-- Second path, step 4 of 6: what usage, fees and one-off charges come to before discounts (rules 6, 7, 11 and 12), and
-- the services that they are of. Tiers are ranges of units: what a tier prices is its intersection with what was used.
-- Spans of the same plan and quantity without a gap between them are one phase; its days divided by those of the
-- period are kept exact to 40 decimals, so that the quotient is rounded but once.
-- Long, as each kind of charge is written out.
create or replace function billing._recompute_charges()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table recomputed_charges on commit drop as
    with tiers as materialized (
        select
            price_tiers.*,
            prices.pricing_model,
            prices.package_size,
            concat_ws('/', '', quote_ident(pricing_plans.plan_code), quote_ident(coalesce(price_cells.cell, '')),
                quote_ident(coalesce(price_tiers.tier, ''))) as name,
            numrange(
                lag(price_tiers.up_to) over (
                    partition by price_tiers.price_id, price_tiers.cell_position
                    order by coalesce(price_tiers.up_to, 'Infinity')
                ),
                price_tiers.up_to,
                '(]'
            ) as units
        from billing.price_tiers
        inner join billing.price_cells using (price_id, cell_position)
        inner join billing.prices using (price_id)
        inner join billing.pricing_plans using (plan_id)
        where pricing_plans.kind = 'usage'
    ),

    reached as (
        select
            usage.plan_span_id,
            tiers.name,
            tiers.unit_amount,
            tiers.flat_amount,
            case tiers.pricing_model
                when 'graduated' then
                    upper(tiers.units * numrange(0, usage.units, '(]')) - coalesce(lower(tiers.units), 0)
                when 'package' then
                    (usage.units - mod(usage.units, tiers.package_size)) / tiers.package_size
                    + (mod(usage.units, tiers.package_size) > 0)::integer
                else usage.units
            end as quantity
        from pg_temp.recomputed_usage as usage
        inner join tiers using (price_id, cell_position)
        where
            case tiers.pricing_model
                when 'graduated' then tiers.units && numrange(0, usage.units, '(]')
                else tiers.units @> usage.units
            end
    ),

    phases as (
        select
            spans.*,
            count(*) filter (where not spans.is_continued) over (
                partition by spans.service_id
                order by spans.from_on
            ) as phase
        from (
            select
                alone.*,
                coalesce(
                    lag((alone.until_on, alone.plan_id, alone.quantity)) over (
                        partition by alone.service_id
                        order by alone.from_on
                    ) = (alone.from_on, alone.plan_id, alone.quantity),
                    false
                ) as is_continued
            from pg_temp.recomputed_spans as alone
            where alone.metric_id is null and alone.before_txid is not null
        ) as spans
    ),

    fees as (
        select
            phases.plan_span_id,
            min(phases.from_on) as from_on,
            max(phases.until_on) - min(phases.from_on) as days,
            max(phases.period_end) - max(phases.period_start) as days_of_period,
            max(phases.quantity) as quantity,
            max(phases.price_id) as price_id,
            max(phases.plan_code) as plan_code
        from phases
        group by phases.service_id, phases.phase, phases.plan_span_id
    ),

    priced as (
        select
            fees.*,
            '/' || quote_ident(fees.plan_code) || '/' || to_char(fees.from_on, 'YYYY-MM-DD') as name,
            fees.quantity * price_tiers.unit_amount as full_price
        from fees
        inner join billing.price_tiers using (price_id)
    ),

    charges as (
        select plan_span_id, 'usage' as kind, name, quantity, quantity * unit_amount as exact, null::numeric as less
        from reached
        union all
        select plan_span_id, 'usage', name || '/flat', 1, flat_amount, null
        from reached
        where flat_amount <> 0
        union all
        select plan_span_id, 'subscription', name || '/subscription', quantity, full_price, null
        from priced
        union all
        select
            plan_span_id,
            'proration',
            name || '/proration',
            null,
            round(full_price * days, 40) / days_of_period,
            full_price
        from priced
        where days < days_of_period
    )

    select
        spans.service_key,
        spans.service_key || charges.name as charge_key,
        charges.kind,
        spans.customer_id,
        spans.plan_code,
        spans.first_on,
        spans.period_end,
        spans.due_month,
        charges.quantity,
        gross.amount as gross_amount,
        gross.amount
    from charges
    inner join pg_temp.recomputed_spans as spans on charges.plan_span_id = spans.span_id
    inner join pg_temp.recomputed_customers as customers using (customer_id)
    cross join lateral (
        select
            billing._rounded(charges.exact, customers.minor_units, customers.half)
            - coalesce(billing._rounded(charges.less, customers.minor_units, customers.half), 0) as amount
    ) as gross;

    create temporary table recomputed_services on commit drop as
    select
        spans.service_key,
        spans.customer_id,
        spans.period_start as starts_on,
        spans.period_end as ends_on,
        spans.due_month,
        spans.before_txid,
        spans.taxed_on,
        spans.billed_in = 'advance' or extract(day from spans.period_start) > 1
        or spans.period_end - spans.period_start > 31 as is_movable
    from pg_temp.recomputed_spans as spans
    where spans.span_id = spans.service_id
    union all
    select
        'c' || charges.charge_id,
        charges.customer_id,
        dates.starts_on,
        coalesce(charges.service_end, charges.due_on + 1),
        dates.due_month,
        months.before_txid,
        charges.due_on,
        true
    from billing.charges
    inner join pg_temp.recomputed_customers as customers using (customer_id)
    cross join lateral (
        select
            coalesce(charges.service_start, charges.due_on) as starts_on,
            date_trunc('month', charges.due_on::timestamp)::date as due_month
    ) as dates
    left join pg_temp.recomputed_months as months
        on charges.customer_id = months.customer_id and dates.due_month = months.month;

    insert into pg_temp.recomputed_charges (
        service_key, charge_key, kind, customer_id, due_month, quantity, gross_amount, amount
    )
    select
        services.service_key,
        services.service_key || '/charge',
        'charge',
        services.customer_id,
        services.due_month,
        charges.quantity,
        gross.amount,
        gross.amount
    from pg_temp.recomputed_services as services
    inner join billing.charges on services.service_key = 'c' || charges.charge_id
    inner join pg_temp.recomputed_customers as customers on services.customer_id = customers.customer_id
    cross join lateral (
        select
            billing._rounded(charges.quantity * charges.unit_amount, customers.minor_units, customers.half) as amount
    ) as gross
    where services.before_txid is not null and left(services.service_key, 1) = 'c';
    analyze pg_temp.recomputed_charges (customer_id, due_month), pg_temp.recomputed_services (service_key, customer_id);
end;
$$;

comment on function billing._recompute_charges ()
is 'Makes the services that the second path knows, and what usage, fees and one-off charges come to before discounts.';
