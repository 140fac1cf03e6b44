-- A line of a package price counts packages: without their size and the usage nobody could follow it.
create or replace function billing._usage_description(
    p_plan_name text,
    p_cell text,
    p_tier text,
    p_is_tier_flat_amount boolean,
    p_package_size numeric,
    p_used numeric
)
returns text
language sql
stable
parallel safe
security invoker
return p_plan_name
|| coalesce(' – ' || p_cell, '')
|| coalesce(' – ' || p_tier, '')
|| case
    when p_package_size is not null
        then
            format(', packages of %s', billing._counted(p_package_size))
            || coalesce(format(' (%s used)', billing._counted(p_used)), '')
    else ''
end
|| case when p_is_tier_flat_amount then ', flat amount' else '' end;

comment on function billing._usage_description (text, text, text, boolean, numeric, numeric)
is 'What a line of usage charges for, in English.';
