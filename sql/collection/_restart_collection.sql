-- A card is charged anew, and a failure of that is its day 0; a transfer's is the day its money went back, unless it
-- is not due yet, and so is that of what is too little for the card. What cannot be charged again is for a person.
create or replace function billing._restart_collection(p_invoice_id bigint, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_charged boolean;
begin
    update billing.dunning_cases
    set
        day_zero = null,
        failure_kind = null,
        failure_reason = null
    where invoice_id = p_invoice_id;
    if exists (
        select from billing.invoices
        where invoice_id = p_invoice_id and collection_method = 'send_invoice'
    ) then
        perform billing._await_transfer(p_invoice_id, p_on);
        return;
    end if;
    v_is_charged := billing._schedule_charge(
        p_invoice_id => p_invoice_id,
        p_cause => 'issue',
        p_on => p_on
    );
    if not v_is_charged and exists (
        select from billing.dunning_cases
        where invoice_id = p_invoice_id and next_action_on is null
    ) then
        perform billing.ask_finance(
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
