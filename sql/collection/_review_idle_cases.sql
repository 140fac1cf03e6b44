-- Whoever stops the dunning of an invoice gives it to a person there and then (ask_finance). This is for what an
-- older version of the engine has stopped, and for whatever way there may be besides. Locks invoices and cases,
-- skipping those somebody else works on.
create or replace function billing._review_idle_cases(p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice_id bigint;
begin
    for v_invoice_id in
        select cases.invoice_id
        from billing.dunning_cases as cases
        inner join billing.invoices on cases.invoice_id = invoices.invoice_id
        where cases.invoice_id in (select idle.invoice_id from billing.idle_cases(p_on) as idle)
        order by cases.invoice_id
        for update of invoices, cases skip locked
    loop
        perform billing._stop_dunning(
            p_invoice_id => v_invoice_id,
            p_reason => 'nothing more is planned for it',
            p_on => p_on
        );
    end loop;
end;
$$;

comment on function billing._review_idle_cases (date)
is 'Puts open invoices of which nothing is planned into the review queue.';
