-- What comes next follows from the steps taken and the policy alone: planning again changes nothing. After a delay of
-- the process the steps keep their distance from each one before them, though a new policy may have put one before some
-- that were taken: no two letters at once. Where the policy has no further step before the manual review, finance is
-- asked: no case ends unnoticed.
create or replace function billing._plan_next_step(p_invoice_id bigint, p_on date)
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
    select next_step.day into v_day
    from billing.next_dunning_step(v_case.failure_kind, v_case.state, (
        select max(taken.day)
        from billing.dunning_steps as taken
        where taken.invoice_id = p_invoice_id and taken.day_zero = v_case.day_zero
    )) as next_step;
    update billing.dunning_cases
    set
        next_day = v_day,
        next_action_on = greatest(day_zero + v_day, (
            select max(taken.taken_on + v_day - taken.day)
            from billing.dunning_steps as taken
            where
                taken.invoice_id = p_invoice_id
                and taken.day_zero = v_case.day_zero
                and taken.day < v_day
        ))
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
is 'Dates the step that follows the last one taken, counted from day 0 but never closer to those before it than the policy has them.';
