-- Of two cards of one second, which is as fine as a provider's clock may be, the one that was told of last is the
-- newer.
create or replace function billing._process_new_card(p_event billing.webhook_events, p_as_of date)
returns billing.webhook_outcome
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_customer billing.customers;
begin
    select * into v_customer
    from billing.customers
    where stripe_customer_id = p_event.provider_customer_id;
    if not found or p_event.provider_payment_method_id is null then
        return ('ignored', 'ignored: nobody''s new card')::billing.webhook_outcome;
    end if;
    if exists (
        select from billing.webhook_events as newer
        where
            newer.provider_customer_id = p_event.provider_customer_id
            and (newer.occurred_at, newer.received_at) > (p_event.occurred_at, p_event.received_at)
            and newer.kind = 'card_replaced'
            and newer.outcome_kind = 'done'
    ) then
        return ('ignored', 'ignored: there is a newer card')::billing.webhook_outcome;
    end if;
    if v_customer.stripe_payment_method_id = p_event.provider_payment_method_id then
        return ('known', 'ignored: known before')::billing.webhook_outcome;
    end if;
    return ('done', format(
        'new card, charges planned: %s',
        billing.store_payment_method(
            p_customer_id => v_customer.customer_id,
            p_provider_customer_id => p_event.provider_customer_id,
            p_provider_payment_method_id => p_event.provider_payment_method_id,
            p_on => p_as_of
        )
    ))::billing.webhook_outcome;
end;
$$;

comment on function billing._process_new_card (billing.webhook_events, date)
is 'card_replaced: a card that is new is kept and charged with what is open.';
