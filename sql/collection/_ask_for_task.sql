-- The audit entry changes no state: that is what tells a task from every other step (billing.reviews_since).
create or replace function billing._ask_for_task(
    p_case billing.dunning_cases,
    p_step billing.allowed_dunning_steps,
    p_on date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.append_audit_entry(
        p_business_date => p_on,
        p_topic => 'dunning',
        p_subject => (select invoice_number from billing.invoices where invoice_id = p_case.invoice_id),
        p_from_state => p_step.to_state,
        p_to_state => p_step.to_state,
        p_reason => p_step.task
    );
    perform billing.write_email(
        p_invoice_id => p_case.invoice_id,
        p_template => 'manual_review',
        p_on => p_on,
        p_occasion => format('task-%s-%s', p_case.day_zero, p_step.day),
        p_details => jsonb_build_object('review', 'task', 'review_reason', p_step.task)
    );
end;
$$;

comment on function billing._ask_for_task (billing.dunning_cases, billing.allowed_dunning_steps, date)
is 'Asks finance to do what a step of dunning wants of a person, and notes it in the audit log.';
