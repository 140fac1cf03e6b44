create or replace function billing._advance_case(p_invoice_id bigint, p_on date)
returns text
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case billing.dunning_cases;
    v_step billing.allowed_dunning_steps;
begin
    perform billing._plan_next_step(p_invoice_id, p_on);
    select * into strict v_case
    from billing.dunning_cases
    where invoice_id = p_invoice_id;
    if v_case.next_action_on is null or v_case.next_action_on > p_on then
        return null;
    end if;
    select * into strict v_step
    from billing._case_steps(v_case) as steps
    where steps.day = v_case.next_day;
    if v_step.action = 'charge' and billing._schedule_charge(
        p_invoice_id => p_invoice_id,
        p_cause => 'dunning',
        p_on => p_on
    ) then
        return 'charge';
    end if;
    if exists (
        select from billing.payment_attempts
        where invoice_id = p_invoice_id and state in ('scheduled', 'sent', 'unknown')
    ) then
        return null;
    end if;
    perform billing._take_step(p_invoice_id, p_on);
    return case when v_step.task is not null then 'task' when v_step.letter is not null then 'letter' end;
end;
$$;

comment on function billing._advance_case (bigint, date)
is 'Takes the due step of one case: charge (planned; its failure takes the step), letter (written) or task (a person is asked); null: not due after all, or a charge is under way.';
