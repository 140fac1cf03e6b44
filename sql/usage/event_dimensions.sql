-- As text: a number or a truth value is what it is written as. What is missing, or null, is not there.
create or replace function billing.event_dimensions(p_properties jsonb, p_dimensions text[])
returns jsonb
language sql
immutable
parallel safe
security invoker
return case
    when p_dimensions = '{}' or p_properties is null then '{}'::jsonb
    else coalesce(
        (
            select jsonb_object_agg(names.name, p_properties ->> names.name)
            from unnest(p_dimensions) as names (name)
            where p_properties ->> names.name is not null
        ),
        '{}'
    )
end;

comment on function billing.event_dimensions (jsonb, text[])
is 'The properties of an event that prices may ask for, as text.';
