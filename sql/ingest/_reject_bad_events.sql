-- One pass over the batch. The properties are cast all together first: only when that fails is each looked at alone.
create or replace function billing._reject_bad_events()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
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
                case when not v_is_all_json and not billing._is_json(e.properties) then 'properties' end
            ) as column_name
        from pg_temp.incoming_events as e
        left join billing.customers using (account_number)
    )

    select
        failing.line,
        'rejected',
        failing.column_name,
        given.value,
        coalesce(failing.unreadable_expected, billing._event_expectation(failing.column_name, given.value))
    from failing
    cross join lateral (
        select coalesce(failing.unreadable_value, to_jsonb(failing) ->> failing.column_name)
    ) as given (value)
    where failing.column_name is not null
    order by failing.line;
end;
$$;

comment on function billing._reject_bad_events ()
is 'Finds the staged events that cannot be taken in, with the first reason for each.';
