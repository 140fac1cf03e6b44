create or replace function billing._failure_kind(p_decline_code text)
returns text
language sql
stable
security invoker
return coalesce(
    (
        select failure_kind
        from billing.decline_codes
        where decline_code = p_decline_code
    ),
    'soft'
);

comment on function billing._failure_kind (text)
is 'hard (another card is needed) or soft (the same may work later); a code we do not know is soft.';
