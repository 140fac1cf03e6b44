-- A card that was not charged while a bank was asked for the page's payment is charged when that fails.
create or replace function billing.end_checkout(p_checkout_session_id bigint, p_state text, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_session billing.checkout_sessions;
begin
    select * into v_session
    from billing.checkout_sessions
    where checkout_session_id = p_checkout_session_id and state not in ('paid', 'expired')
    for update;
    if not found then
        return;
    end if;
    update billing.checkout_sessions
    set
        state = p_state,
        ended_at = case when p_state in ('paid', 'expired') then clock_timestamp() end
    where checkout_session_id = p_checkout_session_id;
    if v_session.state = 'processing' and p_state = 'expired' then
        perform billing._schedule_charge(
            p_invoice_id => v_session.invoice_id,
            p_cause => 'new_card',
            p_on => p_on
        );
    end if;
end;
$$;

comment on function billing.end_checkout (bigint, text, date)
is 'Notes what became of a payment page: processing, paid or expired; one that has ended stays as it is.';
