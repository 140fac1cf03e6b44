create or replace function billing._failure_kind(p_advised_kind text, p_code text)
returns text
language sql
stable
security invoker
as $$
select
    coalesce(
        p_advised_kind,
        (select decline_codes.failure_kind from billing.decline_codes where decline_codes.decline_code = p_code),
        'soft'
    )
$$;

comment on function billing._failure_kind (text, text)
is 'hard (another card is needed) or soft (the same may work later): as the provider advises, else by the reason; a reason we do not know is soft.';
