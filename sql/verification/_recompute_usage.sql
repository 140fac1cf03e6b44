-- Second path, step 3 of 6: what was used in each service period (rules 3 and 5), from raw events. Days become
-- instants once per span, so that no event is asked for its day; a month is one scan of its partitions. Properties are
-- compared as text, one that is null or missing fulfils nothing, and of an event only those are looked at that a cell
-- of its price asks for. The cell with the most conditions wins.
-- Long, as it goes all the way from event to cell.
create or replace function billing._recompute_usage()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_zone constant text := billing.billing_timezone();
    v_month date;
    v_begins timestamptz;
    v_ends timestamptz;
begin
    create temporary table recomputed_windows on commit drop as
    select
        spans.plan_span_id,
        spans.customer_id,
        spans.metric_id,
        spans.from_on,
        spans.until_on,
        spans.from_on::timestamp at time zone v_zone as from_at,
        spans.until_on::timestamp at time zone v_zone as until_at,
        spans.before_txid,
        asked.properties as asked_for
    from pg_temp.recomputed_spans as spans
    left join (
        select
            price_cells.price_id,
            array_agg(distinct property) as properties
        from billing.price_cells
        cross join lateral jsonb_object_keys(price_cells.conditions) as property
        group by price_cells.price_id
    ) as asked using (price_id)
    where spans.metric_id is not null and spans.before_txid is not null;
    analyze pg_temp.recomputed_windows (plan_span_id, customer_id, metric_id, from_at, until_at);

    create temporary table recomputed_units (plan_span_id bigint, had text [], units numeric) on commit drop;
    for v_month in
        select walked
        from generate_series(
            (select date_trunc('month', min(from_on)::timestamp) from pg_temp.recomputed_windows),
            (select max(until_on) - interval '1 day' from pg_temp.recomputed_windows),
            interval '1 month'
        ) as walked
    loop
        v_begins := v_month::timestamp at time zone v_zone;
        v_ends := (v_month + interval '1 month') at time zone v_zone;
        insert into pg_temp.recomputed_units (plan_span_id, had, units)
        select
            windows.plan_span_id,
            case
                when windows.asked_for is not null
                    then array(select events.properties ->> property from unnest(windows.asked_for) as property)
            end,
            sum(events.quantity)
        from pg_temp.recomputed_windows as windows
        inner join billing.billing_events as events
            on
                windows.customer_id = events.customer_id
                and windows.metric_id = events.metric_id
                and windows.from_at <= events.occurred_at
                and windows.until_at > events.occurred_at
                and windows.before_txid > events.txid
        where
            windows.from_at < v_ends
            and windows.until_at > v_begins
            and events.occurred_at >= v_begins
            and events.occurred_at < v_ends
        group by 1, 2;
    end loop;
    analyze pg_temp.recomputed_units;

    create temporary table recomputed_usage on commit drop as
    with seen as (
        select distinct
            spans.price_id,
            windows.asked_for,
            units.had
        from pg_temp.recomputed_units as units
        inner join pg_temp.recomputed_windows as windows using (plan_span_id)
        inner join pg_temp.recomputed_spans as spans on units.plan_span_id = spans.span_id
        where units.had is not null
    ),

    fulfilled as (
        select
            seen.*,
            price_cells.cell_position,
            row_number() over (
                partition by seen.price_id, seen.had
                order by (select count(*) from jsonb_object_keys(price_cells.conditions)) desc
            ) as place
        from seen
        inner join billing.price_cells using (price_id)
        where not exists (
            select from jsonb_each_text(price_cells.conditions) as conditions (property, wanted)
            where seen.had[array_position(seen.asked_for, conditions.property)] is distinct from conditions.wanted
        )
    ),

    cells as materialized (
        select price_id, had, cell_position
        from fulfilled
        where place = 1
        union all
        select price_id, '{}', cell_position
        from billing.price_cells
        where conditions = '{}'
    )

    select
        units.plan_span_id,
        spans.price_id,
        cells.cell_position,
        sum(units.units) as units
    from pg_temp.recomputed_units as units
    inner join pg_temp.recomputed_spans as spans on units.plan_span_id = spans.span_id
    inner join cells
        on
            spans.price_id = cells.price_id
            and coalesce(units.had, '{}') = cells.had
    group by units.plan_span_id, spans.price_id, cells.cell_position
    having sum(units.units) > 0;
    analyze pg_temp.recomputed_usage;
end;
$$;

comment on function billing._recompute_usage ()
is 'Makes the units that each cell of a price has in a service period, from the raw events that its last run has seen.';
