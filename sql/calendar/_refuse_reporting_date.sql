create or replace function billing._refuse_reporting_date(p_setting text)
returns date
language plpgsql
stable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception 'billing.as_of is "%", which is no date', p_setting
        using
            errcode = 'invalid_datetime_format',
            hint = 'A date is written as in 2026-03-31.';
end;
$$;

comment on function billing._refuse_reporting_date (text)
is 'Says that the session setting billing.as_of is no date.';
