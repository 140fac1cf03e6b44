-- 16 bytes instead of a text in the unique index: half its size. A UUID is its own key, whatever its case; for any
-- other name two of the same customer would have to share half a SHA-256.
create or replace function billing._event_key(p_event_id text)
returns uuid
language sql
immutable
parallel safe
security invoker
return case
    when p_event_id ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_event_id::uuid
    else encode(substr(sha256(convert_to(p_event_id, 'UTF8')), 1, 16), 'hex')::uuid
end;

comment on function billing._event_key (text)
is 'Key of an event name: the name itself where it is a UUID, else the first 16 bytes of its SHA-256.';
