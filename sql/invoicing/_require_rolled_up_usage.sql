-- The roll-up goes only as far as the oldest open transaction of the server. Events of the month beyond it would turn
-- into late usage although they are there: better to wait than to bill them a month later.
create or replace function billing._require_rolled_up_usage(p_period_start date, p_watermark bigint)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_timezone text := billing.billing_timezone();
begin
    if exists (
        select from billing.billing_events
        where
            txid >= p_watermark
            and occurred_at >= p_period_start::timestamp at time zone v_timezone
            and occurred_at < billing.billing_period_end(p_period_start)::timestamp at time zone v_timezone
    ) then
        raise sqlstate 'UB007' using
            message = format(
                'events of %s are not rolled up yet', to_char(p_period_start, 'YYYY-MM')
            ),
            detail = 'They arrived just now, or a transaction that began before them is still open.',
            hint = 'Run it again; if it persists, end the oldest transaction in pg_stat_activity.';
    end if;
end;
$$;

comment on function billing._require_rolled_up_usage (date, bigint)
is 'Raises UB007 while stored events of the month are not in daily_usage.';
