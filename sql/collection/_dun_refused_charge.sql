-- An amount that the provider does not charge, a customer it does not know: letters to the customer would mend nothing.
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
    if exists (
        select from billing.dunning_cases
        where invoice_id = p_attempt.invoice_id and state <> 'paid'
    ) then
        perform billing.send_to_review(
            p_invoice_id => p_attempt.invoice_id,
            p_reason => p_reason,
            p_on => p_on
        );
        perform billing.ask_finance(
            p_invoice_ids => array[p_attempt.invoice_id],
            p_occasion => 'refused-' || p_reason,
            p_reason => format('Stripe refused to charge the card (%s)', replace(p_reason, '_', ' ')),
            p_on => p_on
        );
    end if;
end;
$$;

comment on function billing._dun_refused_charge (billing.payment_attempts, text, date)
is 'Puts an invoice that the provider will not charge into the review queue, and tells finance why, once for each reason.';
