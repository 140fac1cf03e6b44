-- Nothing is taken of a case whose dunning was stopped while its card was charged. A day that the policy no longer has
-- gives way to the next one, and one that a new policy has put off is waited for. The letter follows the plan of the
-- next step, which it may name.
create or replace function billing._take_step(p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case billing.dunning_cases;
    v_step billing.allowed_dunning_steps;
begin
    select * into strict v_case
    from billing.dunning_cases
    where invoice_id = p_invoice_id
    for update;
    if v_case.next_day is null then
        return;
    end if;
    select * into v_step
    from billing._case_steps(v_case) as steps
    where steps.day = v_case.next_day;
    if not found or v_case.next_action_on > p_on then
        perform billing._plan_next_step(p_invoice_id, p_on);
        return;
    end if;
    insert into billing.dunning_steps (invoice_id, day_zero, day, taken_on)
    values (p_invoice_id, v_case.day_zero, v_step.day, p_on)
    on conflict (invoice_id, day_zero, day) do update set taken_on = excluded.taken_on;
    if v_step.letter is not null then
        update billing.dunning_cases
        set
            state = v_step.to_state,
            since = p_on,
            reason = format('unpaid on day %s', v_step.day)
        where invoice_id = p_invoice_id;
    end if;
    perform billing._plan_next_step(p_invoice_id, p_on);
    if v_step.letter is not null then
        perform billing.write_email(
            p_invoice_id => p_invoice_id,
            p_template => v_step.letter,
            p_on => p_on,
            p_occasion => format('%s-%s', v_case.day_zero, v_step.day),
            p_details => jsonb_build_object(
                'failure_reason', v_case.failure_reason,
                'retry_on', billing.retry_on(p_invoice_id)
            )
        );
    end if;
    if v_step.task is not null then
        perform billing._ask_for_task(v_case, v_step, p_on);
    end if;
end;
$$;

comment on function billing._take_step (bigint, date)
is 'Takes the planned step of an invoice''s dunning: next state, its letter, its task, and the date of the step after it.';
