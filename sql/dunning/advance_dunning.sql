-- One step for each case at most, however late. Steps that charge first only schedule the charge here; its failure
-- takes the step, its success ends it all. Locks invoices and cases,
-- skipping those somebody else works on.
create or replace function billing.advance_dunning(p_as_of date)
returns table (
    letters bigint,
    charges bigint
)
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
    v_case record;
begin
    letters := 0;
    charges := 0;
    for v_case in
        select
            cases.invoice_id,
            coalesce(dunning_policy.charges_first, false) as charges_first
        from billing.dunning_cases as cases
        inner join billing.invoices using (invoice_id)
        left join billing.dunning_policy
            on
                invoices.collection_method = dunning_policy.collection_method
                and cases.failure_kind = dunning_policy.failure_kind
                and cases.next_day = dunning_policy.day
        where
            cases.next_action_on <= p_as_of
            and invoices.status = 'issued'
            and not cases.is_disputed
            and not exists (
                select from billing.payment_attempts
                where
                    payment_attempts.invoice_id = cases.invoice_id
                    and payment_attempts.state in ('scheduled', 'sent', 'unknown')
            )
        order by cases.invoice_id
        for update of invoices, cases skip locked
    loop
        if v_case.charges_first and billing._schedule_charge(
            p_invoice_id => v_case.invoice_id,
            p_cause => 'dunning',
            p_on => p_as_of
        ) then
            charges := charges + 1;
        else
            perform billing._take_step(v_case.invoice_id, p_as_of);
            letters := letters + 1;
        end if;
    end loop;
    return next;
end;
$$;

comment on function billing.advance_dunning (date)
is 'Takes every step of dunning that is due on p_as_of; returns how many letters were written and charges scheduled. A second call the same day finds nothing due.';
