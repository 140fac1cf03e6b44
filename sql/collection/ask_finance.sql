-- What is open of them is in the review queue from then on. A charge that was sent is left alone: its answer may be
-- money.
create or replace function billing.ask_finance(
    p_invoice_ids bigint[],
    p_occasion text,
    p_reason text,
    p_on date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice_id bigint;
begin
    for v_invoice_id in
        select asked.invoice_id
        from unnest(p_invoice_ids) as asked (invoice_id)
        order by asked.invoice_id
    loop
        perform billing._stop_dunning(v_invoice_id, p_reason, p_on);
        perform billing.cancel_charge(v_invoice_id);
        perform billing.write_email(
            p_invoice_id => v_invoice_id,
            p_template => 'manual_review',
            p_on => p_on,
            p_occasion => p_occasion,
            p_details => jsonb_build_object('review', 'payment', 'review_reason', p_reason)
        );
    end loop;
end;
$$;

comment on function billing.ask_finance (bigint[], text, text, date)
is 'Stops the dunning of invoices, puts the open ones into the review queue and asks finance what to do, once for each occasion.';
