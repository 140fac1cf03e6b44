-- Said again it changes date and reason; said again the same way it changes nothing. Locks the invoices it is about.
create or replace function billing.hold_dunning(
    p_subject text,
    p_until date,
    p_reason text,
    p_as_of date
)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_subject record;
    v_hold billing.dunning_holds;
begin
    select * into strict v_subject from billing._hold_subject(p_subject);
    perform billing.require_reason(p_reason, 'a hold');
    if p_until <= p_as_of then
        raise invalid_parameter_value using
            message = format('%s is not after %s: the hold would end before it begins', p_until, p_as_of);
    end if;
    perform billing._withdraw_reminders(v_subject.customer_id, v_subject.invoice_id);
    select * into v_hold
    from billing.dunning_holds
    where
        customer_id = v_subject.customer_id
        and invoice_id is not distinct from v_subject.invoice_id
        and daterange(starts_on, ends_on) && daterange(p_as_of, p_until)
    order by starts_on
    limit 1
    for update;
    if (v_hold.ends_on, v_hold.reason) is not distinct from (p_until, p_reason) and v_hold.starts_on <= p_as_of then
        return false;
    end if;
    delete from billing.dunning_holds
    where
        customer_id = v_subject.customer_id
        and invoice_id is not distinct from v_subject.invoice_id
        and daterange(starts_on, ends_on) && daterange(p_as_of, p_until);
    insert into billing.dunning_holds (customer_id, invoice_id, starts_on, ends_on, reason)
    values (
        v_subject.customer_id,
        v_subject.invoice_id,
        least(v_hold.starts_on, p_as_of),
        p_until,
        p_reason
    );
    perform billing.append_audit_entry(
        p_business_date => p_as_of,
        p_topic => 'hold',
        p_subject => p_subject,
        p_from_state => case when v_hold.dunning_hold_id is not null then 'held' end,
        p_to_state => 'held',
        p_reason => concat_ws(', ', 'until ' || p_until, p_reason)
    );
    return true;
end;
$$;

comment on function billing.hold_dunning (text, date, text, date)
is 'Puts the dunning of an invoice, or of all invoices of an account, on hold from p_as_of until p_until (null: until it is lifted); false if it was so already.';
