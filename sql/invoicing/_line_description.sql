-- A line of a package plan counts packages: without their size nobody could follow it from the usage.
create or replace function billing._line_description(
    p_kind text,
    p_plan_name text,
    p_tier text,
    p_is_tier_flat_amount boolean,
    p_package_size numeric,
    p_service_period_start date
)
returns text
language sql
stable
parallel safe
security invoker
as $$
select
    p_plan_name
    || case
        when p_kind = 'proration' then
            format(
                ', %s of %s days in %s',
                split_part(p_tier, '/', 1),
                split_part(p_tier, '/', 2),
                to_char(p_service_period_start, 'FMMonth YYYY')
            )
        else coalesce(' – ' || p_tier, '')
    end
    || case
        when p_package_size is not null then
            format(
                ', packages of %s%s',
                regexp_replace(trunc(p_package_size)::text, '(\d)(?=(\d{3})+$)', '\1,', 'g'),
                substring(trim_scale(p_package_size)::text from '\..+')
            )
        else ''
    end
    || case when p_is_tier_flat_amount then ', flat amount' else '' end
    || case
        when p_kind = 'late_usage' then
            format(', late usage of %s', to_char(p_service_period_start, 'FMMonth YYYY'))
        else ''
    end
$$;

comment on function billing._line_description (text, text, text, boolean, numeric, date)
is 'What an invoice line says, in English.';
