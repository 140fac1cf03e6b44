-- Days of a trial are no first day that is billed: a period in advance that is all trial owes nothing and is not due.
create or replace function billing._find_periods()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.rated_periods
    select
        billing.service_key('s', periods.subscription_id, periods.period_start) as service_key,
        periods.subscription_id,
        periods.customer_id,
        periods.period_start,
        periods.period_end,
        periods.due_on,
        case
            when periods.billed_in = 'advance' then periods.due_on
            when periods.interval_months = 1 then periods.period_end - 1
            else periods.due_on - 1
        end as taxed_on
    from (
        select
            segments.subscription_id,
            segments.customer_id,
            segments.period_start,
            segments.period_end,
            segments.interval_months,
            segments.billed_in,
            case segments.billed_in
                when 'advance' then min(segments.first_day) filter (where not segments.is_trial)
                else least(segments.period_end, segments.ends_on)
            end as due_on
        from pg_temp.rated_segments as segments
        group by
            segments.subscription_id,
            segments.customer_id,
            segments.period_start,
            segments.period_end,
            segments.interval_months,
            segments.billed_in,
            segments.ends_on
    ) as periods
    where periods.due_on is not null;
end;
$$;

comment on function billing._find_periods ()
is 'Second step: the service periods that owe anything, when each is due and on which day it is taxed.';
