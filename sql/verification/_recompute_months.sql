-- Second path, step 1 of 6: whose months and service periods are recomputed. It is written apart from the engine on
-- purpose: nothing of this room may call or read sql/rating, its tables rated_*, or a roll-up. Change the two together
-- only after both agree on paper. Rules 1, 2 and 10: no multiples of an interval: months are walked, and cut at the day
-- of the anchor, or at the last day of a month that is too short for it.
-- Reads pg_temp.verified_customers (customer_id, compare_from), which the caller makes. Tables of this path belong
-- to the transaction, each is analyzed, so that the next step is planned by its size, and the caller drops them.
-- longest: the longest interval of a customer's subscriptions. due_since: a fee in advance, or of a subscription that
-- ended, may have fallen due an interval before its period ends.
-- since: a commitment is made of the lines of its whole period, so those of its customer are recomputed from there on.
-- Long, as it makes all that the other steps go by.
create or replace function billing._recompute_months(p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_end constant date := p_until + interval '1 month';
begin
    create temporary table recomputed_commitments on commit drop as
    select
        commitments.commitment_id,
        commitments.customer_id,
        starts::date as starts_on,
        (starts + step.length)::date as ends_on,
        commitments.minimum,
        commitments.maximum,
        commitments.plan_codes,
        least(commitments.ends_on, (starts + step.length)::date)
        - greatest(commitments.starts_on, starts::date) as days
    from pg_temp.verified_customers as customers
    inner join billing.commitments using (customer_id)
    cross join lateral (select make_interval(months => commitments.interval_months) as length) as step
    cross join lateral generate_series(
        date_trunc('month', commitments.starts_on::timestamp), v_end - step.length, step.length
    ) as starts
    where
        starts + step.length > customers.compare_from
        and (commitments.ends_on is null or commitments.ends_on > greatest(commitments.starts_on, starts));
    analyze pg_temp.recomputed_commitments;

    create temporary table recomputed_customers on commit drop as
    select
        verified.customer_id,
        verified.compare_from,
        since.month as since,
        make_interval(months => coalesce(intervals.months, 0)) as longest,
        (since.month - make_interval(months => 1 + coalesce(intervals.months, 0)))::date as due_since,
        currencies.exponent::integer as minor_units,
        0.5 / 10::numeric ^ currencies.exponent as half
    from pg_temp.verified_customers as verified
    inner join billing.customers using (customer_id)
    inner join billing.currencies using (currency)
    left join (
        select
            customer_id,
            min(starts_on) as since
        from pg_temp.recomputed_commitments
        group by customer_id
    ) as committed using (customer_id)
    left join (
        select
            customer_id,
            max(interval_months) as months
        from billing.subscriptions
        group by customer_id
    ) as intervals using (customer_id)
    cross join lateral (select least(verified.compare_from, committed.since) as month) as since;
    analyze pg_temp.recomputed_customers;

    create temporary table recomputed_months on commit drop as
    with months as materialized (
        select
            walked::date as month,
            min(billing_runs.period_start) as run
        from generate_series(
            (select min(due_since) from pg_temp.recomputed_customers)::timestamp,
            p_until::timestamp,
            interval '1 month'
        ) as walked
        inner join billing.billing_runs on billing_runs.period_start >= walked
        group by walked
    )

    select
        customers.customer_id,
        months.month,
        settled.usage_before_txid as before_txid,
        months.month = months.run as is_run
    from months
    inner join billing.settled_periods as settled on months.run = settled.period_start
    inner join pg_temp.recomputed_customers as customers using (customer_id)
    where
        settled.period_start = any (array(select months.run from months))
        and months.month >= customers.due_since;
    analyze pg_temp.recomputed_months;

    create temporary table recomputed_periods on commit drop as
    with walked as (
        select
            step::date as month,
            (12 * extract(year from step) + extract(month from step))::integer as number,
            (step + interval '1 month')::date - step::date as days
        from generate_series(
            (select min(since) from pg_temp.recomputed_customers) - interval '1 year',
            v_end + interval '1 year',
            interval '1 month'
        ) as step
    ),

    cuts as (
        select
            billing._rhythm(interval_months, anchor_day, walked.number) as rhythm,
            walked.month + least(anchor_day, walked.days) - 1 as starts_on
        from walked
        cross join unnest(array[1, 3, 6, 12]) as interval_months
        cross join generate_series(1, 31) as anchor_day
    )

    select
        periods.*,
        '/' || to_char(periods.starts_on, 'YYYY-MM-DD') as name
    from (
        select
            cuts.*,
            lead(cuts.starts_on) over (partition by cuts.rhythm order by cuts.starts_on) as ends_on
        from cuts
    ) as periods
    where
        periods.ends_on > (select min(since) from pg_temp.recomputed_customers)
        and periods.starts_on <= v_end;
    analyze pg_temp.recomputed_periods;
end;
$$;

comment on function billing._recompute_months (date)
is 'Makes the customers, commitments, settled months and service periods that the second path recomputes up to a month.';
