-- What is held of a customer pays first. One step for each case at most, however late. Steps that charge first only
-- schedule the charge here; its failure takes the step, its success ends it all. Locks invoices and cases, skipping
-- those somebody else works on. A case that cannot go on is handed to finance and never holds up the others: hence
-- "when others", which lets only deadlocks and serialization failures through: those are tried again as a whole.
create or replace function billing.advance_dunning(p_as_of date)
returns table (
    letters bigint,
    charges bigint,
    tasks bigint,
    failed bigint
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice_id bigint;
    v_taken text;
begin
    letters := 0;
    charges := 0;
    tasks := 0;
    failed := 0;
    perform billing.require_open_day(p_as_of);
    perform billing.apply_balances(p_as_of);
    perform billing._review_idle_cases(p_as_of);
    for v_invoice_id in
        select cases.invoice_id
        from billing.dunning_cases as cases
        inner join billing.invoices using (invoice_id)
        where
            cases.next_action_on <= p_as_of
            and invoices.status = 'issued'
            and not cases.is_disputed
            and not billing._is_on_hold(cases.invoice_id, p_as_of)
            and not exists (
                select from billing.payment_attempts
                where
                    payment_attempts.invoice_id = cases.invoice_id
                    and payment_attempts.state in ('scheduled', 'sent', 'unknown')
            )
            and not exists (
                select from billing.checkout_sessions
                where
                    checkout_sessions.invoice_id = cases.invoice_id
                    and checkout_sessions.state = 'processing'
            )
        order by cases.invoice_id
        for update of invoices, cases skip locked
    loop
        begin
            v_taken := billing._advance_case(v_invoice_id, p_as_of);
        exception
            when serialization_failure or deadlock_detected then
                raise;
            when others then
                v_taken := null;
                failed := failed + 1;
                perform billing.ask_finance(
                    p_invoice_ids => array[v_invoice_id],
                    p_occasion => 'dunning-failed-' || p_as_of,
                    p_reason => 'its dunning failed: ' || sqlerrm,
                    p_on => p_as_of
                );
        end;
        letters := letters + (v_taken is not distinct from 'letter')::integer;
        charges := charges + (v_taken is not distinct from 'charge')::integer;
        tasks := tasks + (v_taken is not distinct from 'task')::integer;
    end loop;
    return next;
end;
$$;

comment on function billing.advance_dunning (date)
is 'Takes every step of dunning that is due on p_as_of and not on hold; returns how many letters were written, charges scheduled and persons asked to do something, and of how many cases it failed, which finance is told of. A second call the same day finds nothing due.';
