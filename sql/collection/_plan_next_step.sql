-- What comes next follows from the last step taken and the policy alone: planning again changes nothing. After a delay
-- of the process the steps keep their distance: no two letters at once. Where the policy has no further step before the
-- manual review, finance is asked: no case ends unnoticed.
create or replace function billing._plan_next_step(p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case billing.dunning_cases;
    v_last billing.dunning_steps;
    v_day integer;
begin
    select * into strict v_case
    from billing.dunning_cases
    where invoice_id = p_invoice_id
    for update;
    select * into v_last
    from billing.dunning_steps
    where invoice_id = p_invoice_id and day_zero = v_case.day_zero
    order by day desc
    limit 1;
    select next_step.day into v_day
    from billing.next_dunning_step(v_case.failure_kind, v_case.state, v_last.day) as next_step;
    update billing.dunning_cases
    set
        next_day = v_day,
        next_action_on = greatest(day_zero + v_day, v_last.taken_on + v_day - v_last.day)
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

comment on function billing._plan_next_step (bigint, date)
is 'Dates the step that follows the last one taken, counted from day 0 but never closer to the last than the policy has them.';
