-- Committed before the call: from here on the charge may have happened. An attempt begun before keeps its amount,
-- card and key, so that sending it again cannot charge twice; is_due tells whether it may be sent again at all. Longer
-- than others for the many columns it returns. Locks the invoice, then the attempt.
create or replace function billing.begin_payment_attempt(
    p_payment_attempt_id bigint,
    p_claim integer,
    p_as_of date
)
returns table (
    invoice_number text,
    amount bigint,
    currency text,
    idempotency_key text,
    intent_idempotency_key text,
    provider_intent_id text,
    customer_id bigint,
    account_number text,
    customer_name text,
    billing_email text,
    provider_customer_id text,
    provider_payment_method_id text,
    is_due boolean,
    is_exact boolean,
    sent_at timestamptz
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_attempt billing.payment_attempts;
    v_due numeric;
    v_intent integer;
begin
    v_attempt := billing._require_attempt_claim(p_payment_attempt_id, p_claim);
    v_due := billing._chargeable_amount(v_attempt.invoice_id);
    if v_attempt.state = 'scheduled' then
        if v_due = 0 or exists (
            select from billing.invoices
            where
                invoices.invoice_id = v_attempt.invoice_id
                and billing._is_below_least_charge(v_due, invoices.currency)
        ) then
            perform billing._cancel_attempt(v_attempt, p_as_of);
            return;
        end if;
        perform billing._refuse_open_checkout(v_attempt.invoice_id);
        v_intent := billing._open_intent(v_attempt.invoice_id);
        update billing.payment_attempts
        set
            state = 'sent',
            amount = v_due,
            intent = v_intent,
            provider_payment_method_id = customers.stripe_payment_method_id,
            sent_at = clock_timestamp()
        from billing.invoices
        inner join billing.customers on invoices.customer_id = customers.customer_id
        where
            payment_attempts.payment_attempt_id = p_payment_attempt_id
            and payment_attempts.invoice_id = invoices.invoice_id;
        update billing.dunning_cases
        set
            state = 'payment_attempted',
            since = p_as_of,
            reason = 'card charged on issue'
        where dunning_cases.invoice_id = v_attempt.invoice_id and dunning_cases.state = 'issued';
    end if;
    return query
    select
        invoices.invoice_number,
        billing.stripe_amount(attempts.amount, invoices.currency),
        lower(invoices.currency),
        attempts.idempotency_key,
        intents.idempotency_key,
        intents.provider_intent_id,
        customers.customer_id,
        customers.account_number,
        customers.name,
        customers.billing_email,
        customers.stripe_customer_id,
        attempts.provider_payment_method_id,
        attempts.amount = v_due,
        billing.is_exact_at_stripe(attempts.amount, invoices.currency),
        v_attempt.sent_at
    from billing.payment_attempts as attempts
    inner join billing.invoices on attempts.invoice_id = invoices.invoice_id
    inner join billing.customers on invoices.customer_id = customers.customer_id
    inner join billing.payment_intents as intents
        on attempts.invoice_id = intents.invoice_id and attempts.intent = intents.intent
    where attempts.payment_attempt_id = p_payment_attempt_id;
end;
$$;

comment on function billing.begin_payment_attempt (bigint, integer, date)
is 'Notes that a charge is about to be sent, and returns what to send; no row if nothing, or too little for a card, is due any more. amount is the provider''s integer; sent_at says when it was sent before, null: never.';
