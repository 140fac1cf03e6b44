-- The roll-up goes only as far as the oldest open transaction of this database. Events of the month beyond it would
-- turn into late usage although they are there: better to wait than to bill them a month later.
create or replace function billing._require_rolled_up_usage(p_period_start date, p_watermark bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_timezone text := billing.billing_timezone();
    v_sessions text;
    v_first integer;
begin
    if exists (
        select from billing.billing_events
        where
            txid >= p_watermark
            and occurred_at >= p_period_start::timestamp at time zone v_timezone
            and occurred_at < billing.billing_period_end(p_period_start)::timestamp at time zone v_timezone
    ) then
        select string_agg(sessions.description, ', '), min(sessions.pid) filter (where sessions.place = 1)
        into v_sessions, v_first
        from billing.sessions_with_transactions() with ordinality as sessions (pid, description, place);
        raise sqlstate 'UB007' using
            message = format(
                'events of %s are not rolled up yet', to_char(p_period_start, 'YYYY-MM')
            ),
            detail = coalesce(
                'Transactions are open that may have begun before them, in the sessions ' || v_sessions,
                'They arrived just now, or a transaction that began before them is still open.'
            ),
            hint = 'Run it again; if it persists, ' || coalesce(
                format('end the first: select pg_terminate_backend(%s);', v_first),
                'end the oldest transaction in pg_stat_activity or pg_prepared_xacts.'
            );
    end if;
end;
$$;

comment on function billing._require_rolled_up_usage (date, bigint)
is 'Raises UB007 while stored events of the month are not in daily_usage.';
