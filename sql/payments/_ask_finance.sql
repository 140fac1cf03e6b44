create or replace function billing._ask_finance(
    p_payment_id bigint,
    p_occasion text,
    p_reason text,
    p_on date
)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
    v_invoice_id bigint;
begin
    for v_invoice_id in
        select distinct applications.invoice_id
        from billing.payment_applications as applications
        where applications.payment_id = p_payment_id
        order by applications.invoice_id
    loop
        update billing.dunning_cases
        set
            next_day = null,
            next_action_on = null
        where invoice_id = v_invoice_id and state <> 'paid';
        perform billing._write_email(
            p_invoice_id => v_invoice_id,
            p_template => 'manual_review',
            p_on => p_on,
            p_occasion => p_occasion,
            p_details => jsonb_build_object('review', 'payment', 'review_reason', p_reason)
        );
    end loop;
end;
$$;

comment on function billing._ask_finance (bigint, text, text, date)
is 'Stops the dunning of the invoices that a payment had paid and asks finance what to do.';
