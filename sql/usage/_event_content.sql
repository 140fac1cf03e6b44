create or replace function billing._event_content(p_fields text[])
returns bytea
language sql
immutable
parallel safe
security invoker
return sha256(convert_to(array_to_json(p_fields)::text, 'UTF8'));

comment on function billing._event_content (text[])
is 'SHA-256 of the fields of an event as they came: the same bad row again is no second row.';
