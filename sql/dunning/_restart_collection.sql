-- A card is charged anew, and a failure of that is its day 0; a transfer's is the day its money went back, unless it
-- is not due yet. What cannot be charged again is for a person.
create or replace function billing._restart_collection(p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
    v_is_charged boolean;
begin
    select * into strict v_invoice from billing.invoices where invoice_id = p_invoice_id;
    v_is_charged := v_invoice.collection_method = 'charge_automatically';
    update billing.dunning_cases
    set
        day_zero = case when not v_is_charged then greatest(v_invoice.due_on, p_on) end,
        failure_kind = case when not v_is_charged then 'none' end,
        failure_reason = null
    where invoice_id = p_invoice_id;
    if not v_is_charged then
        perform billing._plan_next_step(
            p_invoice_id => p_invoice_id,
            p_after_day => 0,
            p_on => p_on
        );
    elsif not billing._schedule_charge(
        p_invoice_id => p_invoice_id,
        p_cause => 'issue',
        p_on => p_on
    ) then
        perform billing._ask_finance(
            p_invoice_ids => array[p_invoice_id],
            p_occasion => 'reopened-' || (
                select max(payment_application_id)
                from billing.payment_applications
                where invoice_id = p_invoice_id
            ),
            p_reason => 'a payment went back, and the card cannot be charged for it',
            p_on => p_on
        );
    end if;
end;
$$;

comment on function billing._restart_collection (bigint, date)
is 'Begins the collection of an invoice again that had been paid.';
