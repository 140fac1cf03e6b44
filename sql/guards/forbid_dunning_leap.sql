create or replace function billing.forbid_dunning_leap()
returns trigger
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.state = old.state then
        return new;
    end if;
    if not exists (
        select from billing.dunning_transitions
        where from_state = old.state and to_state = new.state
    ) then
        raise object_not_in_prerequisite_state using
            message = format('dunning cannot go from %s to %s', old.state, new.state),
            detail = format('Invoice id %s.', old.invoice_id);
    end if;
    return new;
end;
$$;

comment on function billing.forbid_dunning_leap ()
is 'Dunning goes only along billing.dunning_transitions.';

create or replace trigger dunning_follows_its_transitions
before update on billing.dunning_cases
for each row execute function billing.forbid_dunning_leap();
