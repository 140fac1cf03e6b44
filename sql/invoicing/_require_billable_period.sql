create or replace function billing._require_billable_period(p_period_start date, p_as_of date)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from billing.seller_profiles) then
        raise object_not_in_prerequisite_state using
            message = 'no seller is loaded',
            hint = 'Load a folder with a company.toml first: billing load DIR.';
    end if;
    if p_as_of < billing.billing_period_end(p_period_start) then
        raise object_not_in_prerequisite_state using
            message = format(
                'the period %s has not ended on %s', to_char(p_period_start, 'YYYY-MM'), p_as_of
            ),
            hint = format(
                'Run it on %s or later; billing preview shows what it would bill.',
                billing.billing_period_end(p_period_start)
            );
    end if;
end;
$$;

comment on function billing._require_billable_period (date, date)
is 'Raises unless there is a seller and the month has ended on the business date.';
