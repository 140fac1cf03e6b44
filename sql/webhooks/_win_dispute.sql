create or replace function billing._win_dispute(p_payment_id bigint, p_dispute_id text, p_on date)
returns text
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_chargeback billing.payment_reversals;
begin
    select * into v_chargeback
    from billing.payment_reversals
    where kind = 'chargeback' and reference = p_dispute_id;
    if not found then
        return null;
    end if;
    if not billing._book_returned_money(v_chargeback, p_on) then
        return 'ignored: booked before';
    end if;
    perform billing._set_disputed(p_payment_id, false);
    return 'dispute won';
end;
$$;

comment on function billing._win_dispute (bigint, text, date)
is 'Books the money of a won dispute and pays with it what the chargeback had opened again; null if the chargeback is not known yet.';
