create or replace function billing.lift_dunning_hold(p_subject text, p_as_of date)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_subject record;
begin
    select * into strict v_subject from billing._hold_subject(p_subject);
    update billing.dunning_holds
    set ends_on = greatest(starts_on, p_as_of)
    where
        customer_id = v_subject.customer_id
        and invoice_id is not distinct from v_subject.invoice_id
        and coalesce(ends_on > p_as_of, true);
    if not found then
        return false;
    end if;
    perform billing.append_audit_entry(
        p_business_date => p_as_of,
        p_topic => 'hold',
        p_subject => p_subject,
        p_from_state => 'held',
        p_to_state => 'lifted',
        p_reason => 'dunning goes on'
    );
    return true;
end;
$$;

comment on function billing.lift_dunning_hold (text, date)
is 'Ends a hold: from p_as_of on dunning goes on where it stood; false if there was none.';
