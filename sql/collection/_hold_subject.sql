create or replace function billing._hold_subject(p_subject text)
returns table (
    customer_id bigint,
    invoice_id bigint
)
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_status text;
begin
    select
        invoices.customer_id,
        invoices.invoice_id,
        invoices.status
    into customer_id, invoice_id, v_status
    from billing.invoices
    where invoices.invoice_number = p_subject;
    if v_status in ('paid', 'void') then
        raise object_not_in_prerequisite_state using
            message = format('invoice %s is %s: nothing reminds of it', p_subject, v_status);
    end if;
    if invoice_id is null then
        select customers.customer_id into customer_id
        from billing.customers
        where customers.account_number = p_subject;
    end if;
    if customer_id is null then
        raise no_data_found using message = format('there is no invoice and no account %s', p_subject);
    end if;
    return next;
end;
$$;

comment on function billing._hold_subject (text)
is 'The customer, and the invoice if it is one, that a number names.';
