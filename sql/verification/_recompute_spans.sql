-- Second path, step 2 of 6: a span is a phase in a service period, with its due day (rule 2) and its price (rule 4);
-- days of a trial are in none. Prices are turned into ranges of price days: an own price ends at the next own one, and
-- where it says so, before: then no older one comes back; one that was taken back holds for no day and ends none.
-- Spans that are due in no settled month are there, without before_txid: nothing is recomputed of them, but they are
-- known not to have vanished.
-- service_id and plan_span_id are the first spans of the service period, and of the plan in it.
-- Long, as due day, first day and price of a span are one statement.
create or replace function billing._recompute_spans(p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_end constant date := p_until + interval '1 month';
begin
    create temporary table recomputed_spans on commit drop as
    with phases as (
        select
            phases.*,
            coalesce(phases.ends_on, 'infinity') as until_on,
            min(phases.starts_on) over subscription as first_on,
            max(coalesce(phases.ends_on, 'infinity')) over subscription as ended_on
        from billing.subscription_phases as phases
        where phases.ends_on is null or phases.ends_on > phases.starts_on
        window subscription as (partition by phases.subscription_id)
    ),

    cut as (
        select
            row_number() over () as span_id,
            phases.subscription_id,
            phases.customer_id,
            phases.plan_id,
            phases.metric_id,
            phases.quantity,
            phases.interval_months,
            phases.billed_in,
            phases.ended_on,
            subscriptions.currency,
            subscriptions.prices_as_of,
            periods.name,
            periods.starts_on as period_start,
            periods.ends_on as period_end,
            greatest(phases.starts_on, periods.starts_on) as from_on,
            least(phases.until_on, periods.ends_on) as until_on
        from phases
        inner join billing.subscriptions using (subscription_id)
        inner join pg_temp.recomputed_customers as customers on phases.customer_id = customers.customer_id
        cross join lateral (
            select coalesce(
                subscriptions.anchor_on, phases.first_on - extract(day from phases.first_on)::integer + 1
            ) as day
        ) as anchor
        inner join pg_temp.recomputed_periods as periods
            on periods.rhythm = billing._rhythm(
                phases.interval_months,
                extract(day from anchor.day)::integer,
                12 * extract(year from anchor.day)::integer + extract(month from anchor.day)::integer
            )
        where
            not phases.is_trial
            and phases.starts_on < periods.ends_on
            and phases.until_on > periods.starts_on
            and customers.since < periods.ends_on
            and (phases.billed_in = 'advance' or periods.starts_on < v_end)
    ),

    dated as (
        select
            cut.*,
            min(cut.span_id) over of_period as service_id,
            min(cut.span_id) over of_plan as plan_span_id,
            min(cut.from_on) over of_plan as first_on,
            case cut.billed_in
                when 'advance' then min(cut.from_on) over of_period
                else least(cut.period_end, cut.ended_on)
            end as due_on
        from cut
        window
            of_period as (partition by cut.subscription_id, cut.period_start),
            of_plan as (partition by cut.subscription_id, cut.period_start, cut.plan_id)
    ),

    price_days as materialized (
        select
            prices.price_id,
            prices.plan_id,
            prices.currency,
            prices.customer_id,
            daterange(
                prices.valid_from,
                least(
                    prices.valid_to,
                    lead(prices.valid_from) over (
                        partition by prices.plan_id, prices.currency, prices.customer_id
                        order by prices.valid_from
                    )
                )
            ) as days
        from billing.prices
        where prices.valid_to is null or prices.valid_to > prices.valid_from
    )

    select
        dated.span_id,
        dated.service_id,
        dated.plan_span_id,
        's' || dated.subscription_id || dated.name as service_key,
        dated.customer_id,
        dated.plan_id,
        pricing_plans.plan_code,
        dated.metric_id,
        dated.quantity,
        dated.period_start,
        dated.period_end,
        dated.from_on,
        dated.until_on,
        dated.first_on,
        dated.billed_in,
        case
            when dated.billed_in = 'advance' then dated.due_on
            when dated.interval_months = 1 then dated.period_end - 1
            else dated.due_on - 1
        end as taxed_on,
        due.month as due_month,
        months.before_txid,
        coalesce(own.price_id, list.price_id) as price_id
    from dated
    inner join billing.pricing_plans using (plan_id)
    cross join lateral (
        select (dated.due_on - extract(day from dated.due_on - 1)::integer) as month
    ) as due
    left join pg_temp.recomputed_months as months
        on dated.customer_id = months.customer_id and due.month = months.month
    left join price_days as own
        on
            dated.plan_id = own.plan_id
            and dated.currency = own.currency
            and dated.customer_id = own.customer_id
            and own.days @> coalesce(dated.prices_as_of, dated.first_on)
    left join price_days as list
        on
            dated.plan_id = list.plan_id
            and dated.currency = list.currency
            and list.customer_id is null
            and list.days @> coalesce(dated.prices_as_of, dated.first_on);
    analyze pg_temp.recomputed_spans (span_id, service_id, plan_span_id, customer_id, metric_id, before_txid, price_id);
end;
$$;

comment on function billing._recompute_spans (date)
is 'Makes the spans of phases in service periods, with due day and price, that the second path recomputes.';
