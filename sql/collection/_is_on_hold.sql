create or replace function billing._is_on_hold(p_invoice_id bigint, p_on date)
returns boolean
language sql
stable
security invoker
as $$
select exists(
    select from billing.dunning_holds
    inner join billing.invoices on dunning_holds.customer_id = invoices.customer_id
    where
        invoices.invoice_id = p_invoice_id
        and (dunning_holds.invoice_id is null or dunning_holds.invoice_id = invoices.invoice_id)
        and daterange(dunning_holds.starts_on, dunning_holds.ends_on) @> p_on
)
$$;

comment on function billing._is_on_hold (bigint, date)
is 'Whether a person has put the dunning of an invoice, or of its whole account, on hold on that day.';
