-- Inlined into the one scan over a batch. Names are codes: what cannot be seen is refused in them.
create or replace function billing._failing_event_column(
    p_event_id text,
    p_metric text,
    p_quantity text,
    p_occurred_at text,
    p_has_account boolean
)
returns text
language sql
immutable
parallel safe
security invoker
return case
    when not billing.is_code(p_event_id, 255) then 'event_id'
    when not p_has_account then 'account_number'
    when not billing.is_code(p_metric, 100) then 'metric'
    when p_quantity is null or p_quantity !~ '^0*\d{1,15}(\.\d{1,6})?$' then 'quantity'
    when not billing.is_timestamp(p_occurred_at) then 'occurred_at'
end;

comment on function billing._failing_event_column (text, text, text, text, boolean)
is 'The first column of an event that is not as it must be; null: none.';
