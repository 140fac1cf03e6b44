create or replace function billing._refuse_open_checkout(p_invoice_id bigint)
returns void
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from billing.checkout_sessions
        where invoice_id = p_invoice_id and state in ('requested', 'open')
    ) then
        raise sqlstate 'UB010' using
            message = 'a payment page of the invoice is open',
            hint = 'It is ended before the card is charged: deliver again.';
    end if;
end;
$$;

comment on function billing._refuse_open_checkout (bigint)
is 'Raises UB010 while a payment page of an invoice may be paid.';
