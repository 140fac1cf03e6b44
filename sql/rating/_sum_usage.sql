-- Twice, so that each is planned for what it is: the periods of the latest two months, whose usage everybody has, and
-- those of before that are rated again for a few.
create or replace function billing._sum_usage(p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_recent constant date := p_until - interval '2 months';
begin
    perform billing._sum_usage_of_periods(v_recent, p_until);
    perform billing._sum_usage_of_periods(
        p_from => (select min(period_start) from pg_temp.rated_segments where metric_id is not null),
        p_until => v_recent
    );
end;
$$;

comment on function billing._sum_usage (date)
is 'Fourth step: units of each plan and price cell in each service period.';
