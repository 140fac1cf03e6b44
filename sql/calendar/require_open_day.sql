create or replace function billing.require_open_day(p_day date)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_first_open_day date := billing.open_day('-infinity');
begin
    if p_day < v_first_open_day then
        raise sqlstate 'UB011' using
            message = format(
                'the books are closed until %s: nothing is dated %s any more', v_first_open_day - 1, p_day
            ),
            hint = format(
                'Date it %s or later. If the month must change: billing close %s --reopen --reason "…".',
                v_first_open_day, to_char(v_first_open_day - 1, 'YYYY-MM')
            );
    end if;
end;
$$;

comment on function billing.require_open_day (date)
is 'Raises UB011 if a day is in a closed month, or before it.';
