-- One pass over the batch. The properties are cast all together first: only when that fails is each looked at alone.
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
            e.*,
            coalesce(
                e.unreadable_column,
                billing._failing_event_column(
                    p_event_id => e.event_id,
                    p_metric => e.metric,
                    p_quantity => e.quantity,
                    p_occurred_at => e.occurred_at,
                    p_has_account => customers.customer_id is not null
                ),
                case when not v_is_all_json and not billing.is_json(e.properties) then 'properties' end
            ) as column_name
        from pg_temp.incoming_events as e
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
