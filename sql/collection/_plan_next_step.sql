-- After a delay of the process the steps keep their distance: no two letters at once. The state tells which step is
-- next, so that a policy may be changed while cases wait for a day of the old one. Where it has no further step before
-- the manual review, finance is asked: no case ends unnoticed.
create or replace function billing._plan_next_step(p_invoice_id bigint, p_after_day integer, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case billing.dunning_cases;
    v_day integer;
begin
    select * into strict v_case
    from billing.dunning_cases
    where invoice_id = p_invoice_id
    for update;
    select min(steps.day) into v_day
    from billing._case_steps(v_case) as steps
    where steps.to_state <> v_case.state or steps.day > p_after_day;
    update billing.dunning_cases
    set
        next_day = v_day,
        next_action_on = greatest(day_zero + v_day, p_on + v_day - p_after_day)
    where invoice_id = p_invoice_id;
    if v_day is null and v_case.state <> 'manual_review' then
        perform billing.ask_finance(
            p_invoice_ids => array[p_invoice_id],
            p_occasion => 'no-step-' || p_on,
            p_reason => format('the dunning policy has no step after %s', replace(v_case.state, '_', ' ')),
            p_on => p_on
        );
    end if;
end;
$$;

comment on function billing._plan_next_step (bigint, integer, date)
is 'Dates the step of the policy that follows p_after_day, counted from day 0 but never closer to the last step than the policy has them.';
