create or replace function billing._correction_key(p_event_key uuid, p_ordinal bigint)
returns uuid
language sql
immutable
parallel safe
security invoker
return billing._event_key(format('correction %s of %s', p_ordinal, p_event_key));

comment on function billing._correction_key (uuid, bigint)
is 'Key of the event that corrects another for the first, second, … time.';
