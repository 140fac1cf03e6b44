create or replace function billing._counted(p_quantity numeric)
returns text
language sql
immutable
parallel safe
security invoker
return regexp_replace(trunc(p_quantity)::text, '(\d)(?=(\d{3})+$)', '\1,', 'g')
|| coalesce(substring(trim_scale(p_quantity)::text from '\..+'), '');

comment on function billing._counted (numeric)
is 'A quantity as a line says it: 1,234.5.';
