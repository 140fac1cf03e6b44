-- Ways to pay that it does not name keep their steps. Open invoices go on after the last step that was taken of them:
-- their next one is planned anew. Idempotent: the policy in force changes nothing.
create or replace function billing.replace_dunning_policy(p_policy jsonb)
returns boolean
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_kinds text[] := array(select distinct failure_kind from billing._policy_steps(p_policy));
    v_in_force jsonb := billing.dunning_policy_in_force();
    v_invoice_ids bigint[];
begin
    if v_in_force || coalesce(p_policy, '{}') = v_in_force then
        return false;
    end if;
    delete from billing.dunning_policy
    where failure_kind = any(v_kinds);
    insert into billing.dunning_policy (failure_kind, day, action, letter, task)
    select failure_kind, day, action, letter, task
    from billing._policy_steps(p_policy);

    v_invoice_ids := array(
        select invoice_id from billing.dunning_cases
        where failure_kind = any(v_kinds) and next_day is not null
        order by invoice_id
    );
    perform billing.lock_invoices(v_invoice_ids);
    perform billing._plan_next_step(cases.invoice_id, billing.reporting_date())
    from unnest(v_invoice_ids) as cases (invoice_id);
    return true;
end;
$$;

comment on function billing.replace_dunning_policy (jsonb)
is 'Puts [dunning] of company.toml in force, and plans the open invoices by it; false if it is already.';
