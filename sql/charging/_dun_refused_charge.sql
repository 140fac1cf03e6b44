-- An amount Stripe does not charge, a customer it does not know: letters to the customer would mend nothing.
create or replace function billing._dun_refused_charge(
    p_attempt billing.payment_attempts,
    p_reason text,
    p_on date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    update billing.dunning_cases
    set
        day_zero = coalesce(day_zero, p_on),
        failure_kind = 'hard',
        failure_reason = p_reason
    where invoice_id = p_attempt.invoice_id and state <> 'paid';
    if found then
        perform billing._ask_finance(
            p_invoice_ids => array[p_attempt.invoice_id],
            p_occasion => 'refused-' || p_reason,
            p_reason => format('Stripe refused to charge the card (%s)', replace(p_reason, '_', ' ')),
            p_on => p_on
        );
    end if;
end;
$$;

comment on function billing._dun_refused_charge (billing.payment_attempts, text, date)
is 'Stops the dunning of an invoice that Stripe will not charge, and tells finance why, once for each reason.';
