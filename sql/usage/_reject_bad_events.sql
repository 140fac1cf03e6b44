-- One pass over the batch. Names are codes: what cannot be seen is refused in them. The properties are cast all at once
-- first: only when that fails is each looked at alone.
create or replace function billing._reject_bad_events(p_now timestamptz, p_any_date boolean)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_dates constant tstzrange := case when not p_any_date then billing.event_dates(p_now) end;
    v_is_all_json boolean := true;
begin
    begin
        perform count(properties::jsonb) from pg_temp.incoming_events;
    exception
        when data_exception or program_limit_exceeded then
            v_is_all_json := false;
    end;
    insert into pg_temp.incoming_event_problems (line, outcome, column_name, value, expected)
    with failing as (
        select
            incoming_events.*,
            case
                when incoming_events.unreadable_column is not null then incoming_events.unreadable_column
                when not billing.is_code(incoming_events.event_id, 255) then 'event_id'
                when customers.customer_id is null then 'account_number'
                when not billing.is_code(incoming_events.metric, 100) then 'metric'
                when
                    incoming_events.quantity is null
                    or incoming_events.quantity !~ '^0*\d{1,15}(\.\d{1,6})?$'
                    then 'quantity'
                when not billing.is_timestamp(incoming_events.occurred_at) then 'occurred_at'
                when not v_is_all_json and not billing.is_json(incoming_events.properties) then 'properties'
            end as column_name
        from pg_temp.incoming_events
        left join billing.customers using (account_number)
    ),

    judged as (
        select
            *,
            case
                when column_name is null and not occurred_at::timestamptz <@ v_dates then 'occurred_at'
            end as far_column
        from failing
    )

    select
        judged.line,
        'rejected',
        coalesce(judged.column_name, judged.far_column),
        given.value,
        case
            when judged.far_column is null
                then coalesce(judged.unreadable_expected, billing._event_expectation(judged.column_name, given.value))
            else format(
                'a time from %s until a day ahead, %s; others only when asked for (--any-date)',
                to_char(lower(v_dates) at time zone 'UTC', 'YYYY-MM-DD'),
                to_char(upper(v_dates) at time zone 'UTC', 'YYYY-MM-DD')
            )
        end
    from judged
    cross join lateral (
        select coalesce(judged.unreadable_value, to_jsonb(judged) ->> coalesce(judged.column_name, judged.far_column))
    ) as given (value)
    where coalesce(judged.column_name, judged.far_column) is not null
    order by judged.line;
end;
$$;

comment on function billing._reject_bad_events (timestamptz, boolean)
is 'Finds the staged events that cannot be taken in, with the first reason for each.';
