-- Locks the watermark, as every roll-up does; the next one counts all events again.
create or replace function billing._reset_roll_up()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    update billing.usage_watermarks set rolled_up_before_txid = 0;
    delete from billing.daily_usage;
    delete from billing.usage_months;
    delete from billing.accrued_weeks;
end;
$$;

comment on function billing._reset_roll_up ()
is 'Empties daily_usage, because the billing time zone and with it every day has moved.';
