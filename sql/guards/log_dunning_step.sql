create or replace function billing.log_dunning_step()
returns trigger
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.append_audit_entry(
        p_business_date => new.since,
        p_topic => 'dunning',
        p_subject => (select invoice_number from billing.invoices where invoice_id = new.invoice_id),
        p_from_state => old.state,
        p_to_state => new.state,
        p_reason => new.reason
    );
    return null;
end;
$$;

comment on function billing.log_dunning_step ()
is 'Every step of dunning leaves an audit entry.';

create or replace trigger dunning_steps_are_logged
after update on billing.dunning_cases
for each row
when (new.state <> old.state)
execute function billing.log_dunning_step();
