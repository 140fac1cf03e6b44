-- Told by the charge's own answer, its look-up or a webhook. A card that was replaced while its charge was under way
-- could not be charged then; it is now. An intent without an id was not made, and its key may stand for another amount.
create or replace function billing.record_decline(
    p_attempt billing.payment_attempts,
    p_code text,
    p_advised_kind text,
    p_on date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.finish_attempt(p_attempt.payment_attempt_id, 'declined', p_code);
    update billing.payment_intents
    set ended_at = clock_timestamp()
    where
        invoice_id = p_attempt.invoice_id
        and intent = p_attempt.intent
        and provider_intent_id is null;
    if exists (select from billing.decline_codes where decline_code = p_code and is_refusal) then
        perform billing._dun_refused_charge(
            p_attempt => p_attempt,
            p_reason => p_code,
            p_on => p_on
        );
    else
        perform billing._dun_failed_charge(
            p_attempt => p_attempt,
            p_failure_kind => billing._failure_kind(p_advised_kind, p_code),
            p_failure_reason => p_code,
            p_on => p_on
        );
    end if;
    if exists (
        select from billing.invoices
        inner join billing.customers using (customer_id)
        where
            invoices.invoice_id = p_attempt.invoice_id
            and customers.stripe_payment_method_id is not null
            and customers.stripe_payment_method_id is distinct from p_attempt.provider_payment_method_id
    ) then
        perform billing._schedule_charge(
            p_invoice_id => p_attempt.invoice_id,
            p_cause => 'new_card',
            p_on => p_on
        );
    end if;
end;
$$;

comment on function billing.record_decline (billing.payment_attempts, text, text, date)
is 'Ends an attempt as declined, with what that means for dunning. p_code is of decline_codes, or unknown there, which is soft; p_advised_kind (hard, soft or null) is what the provider advises, and goes first.';
