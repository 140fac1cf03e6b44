create or replace function billing.send_to_review(p_invoice_id bigint, p_reason text, p_on date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._stop_dunning(p_invoice_id, replace(p_reason, '_', ' '), p_on);
    update billing.dunning_cases
    set
        reason = replace(p_reason, '_', ' '),
        failure_kind = case when invoices.collection_method = 'send_invoice' then 'none' else 'hard' end,
        failure_reason = case when invoices.collection_method = 'charge_automatically' then p_reason end
    from billing.invoices
    where
        dunning_cases.invoice_id = p_invoice_id
        and dunning_cases.state = 'manual_review'
        and invoices.invoice_id = p_invoice_id
        and invoices.status = 'issued';
end;
$$;

comment on function billing.send_to_review (bigint, text, date)
is 'Puts an open invoice into the review queue at once, with the reason: nothing that happens by itself would mend it.';
