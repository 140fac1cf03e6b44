-- Nothing is taken of a case whose dunning was stopped while its card was charged. A day that the policy no longer has
-- gives way to the next one.
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
    if not found then
        perform billing._plan_next_step(
            p_invoice_id => p_invoice_id,
            p_after_day => v_case.next_day,
            p_on => p_on
        );
        return;
    end if;
    update billing.dunning_cases
    set
        state = v_step.to_state,
        since = p_on,
        reason = format('unpaid on day %s', v_step.day)
    where invoice_id = p_invoice_id;
    perform billing._plan_next_step(
        p_invoice_id => p_invoice_id,
        p_after_day => v_step.day,
        p_on => p_on
    );
    perform billing.write_email(
        p_invoice_id => p_invoice_id,
        p_template => v_step.email_template,
        p_on => p_on,
        p_occasion => v_case.day_zero::text,
        p_details => jsonb_build_object(
            'failure_reason', v_case.failure_reason,
            'retry_on', billing.retry_on(p_invoice_id)
        )
    );
end;
$$;

comment on function billing._take_step (bigint, date)
is 'Takes the planned step of an invoice''s dunning: next state, its letter, and the date of the step after it.';
