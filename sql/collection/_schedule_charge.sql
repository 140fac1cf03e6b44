-- One open attempt per invoice (unique index). Card networks allow 15 tries in 30 days; beyond that none is made.
-- Nor is one for less than the provider charges: the dunning that runs goes on without; where none does, a transfer
-- is awaited.
create or replace function billing._schedule_charge(p_invoice_id bigint, p_cause text, p_on date)
returns boolean
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    c_tries constant integer := 15;
    c_days constant integer := 30;
    v_recent bigint;
    v_attempt integer;
begin
    if exists (
        select from billing.invoices
        where
            invoice_id = p_invoice_id
            and collection_method = 'charge_automatically'
            and billing._is_below_least_charge(billing._chargeable_amount(p_invoice_id), currency)
    ) then
        perform billing._await_transfer(p_invoice_id, p_on)
        from billing.dunning_cases
        where invoice_id = p_invoice_id and state <> 'manual_review' and next_action_on is null;
        return false;
    end if;
    select
        count(*) filter (where scheduled_on > p_on - c_days and state <> 'canceled'),
        coalesce(max(attempt), 0) + 1
    into v_recent, v_attempt
    from billing.payment_attempts
    where invoice_id = p_invoice_id;
    if v_recent >= c_tries then
        return false;
    end if;
    insert into billing.payment_attempts (
        invoice_id, attempt, idempotency_key, cause, scheduled_on
    )
    select
        invoices.invoice_id,
        v_attempt,
        format('%s-attempt-%s', lower(invoices.invoice_number), v_attempt),
        p_cause,
        p_on
    from billing.invoices
    where
        invoices.invoice_id = p_invoice_id
        and invoices.collection_method = 'charge_automatically'
        and billing._chargeable_amount(p_invoice_id) > 0
    on conflict (invoice_id) where state in ('scheduled', 'sent', 'unknown') do nothing;
    return found;
end;
$$;

comment on function billing._schedule_charge (bigint, text, date)
is 'Plans a charge of an open card invoice; false if one is under way, nothing is due, it is disputed, it is too little for a card, or 15 were tried in 30 days.';
