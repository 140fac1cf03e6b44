-- Of two cards of one second, which is as fine as Stripe's clock is, the one that was told of last is the newer.
create or replace function billing._process_new_card(p_event billing.webhook_events, p_as_of date)
returns text
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_object jsonb := p_event.payload -> 'data' -> 'object';
    v_payment_method_id text := case p_event.event_type
        when 'payment_method.attached' then v_object ->> 'id'
        else v_object -> 'invoice_settings' ->> 'default_payment_method'
    end;
    v_customer billing.customers;
begin
    select * into v_customer
    from billing.customers
    where stripe_customer_id = p_event.stripe_customer_id;
    if not found or v_payment_method_id is null then
        return 'ignored: nobody''s new card';
    end if;
    if exists (
        select from billing.webhook_events as newer
        where
            newer.stripe_customer_id = p_event.stripe_customer_id
            and (newer.occurred_at, newer.received_at) > (p_event.occurred_at, p_event.received_at)
            and newer.outcome like 'new card%'
    ) then
        return 'ignored: there is a newer card';
    end if;
    if v_customer.stripe_payment_method_id = v_payment_method_id then
        return 'ignored: known before';
    end if;
    return format(
        'new card, charges planned: %s',
        billing.store_payment_method(
            p_customer_id => v_customer.customer_id,
            p_stripe_customer_id => p_event.stripe_customer_id,
            p_stripe_payment_method_id => v_payment_method_id,
            p_on => p_as_of
        )
    );
end;
$$;

comment on function billing._process_new_card (billing.webhook_events, date)
is 'payment_method.attached, customer.updated: a card that is new is kept and charged with what is open.';
