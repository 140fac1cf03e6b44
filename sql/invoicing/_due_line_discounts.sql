create or replace function billing._due_line_discounts()
returns table (
    charge_key text,
    discount_id bigint,
    amount numeric
)
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        parts.charge_key,
        parts.discount_id,
        sum(parts.amount) as amount
    from (
        select
            owed.charge_key,
            owed.discount_id,
            owed.amount
        from pg_temp.rated_discounts as owed
        union all
        select
            lines.charge_key,
            billed.discount_id,
            - billed.amount
        from (
            select distinct charges.service_key from pg_temp.billed_charges as charges
        ) as services
        inner join billing.invoice_line_items as lines using (service_key)
        inner join billing.invoices using (invoice_id)
        inner join billing.invoice_line_discounts as billed using (invoice_id, position)
        where billing.counts_as_billed(invoices.status, invoices.waived_on)
    ) as parts
    inner join pg_temp.due_charges as due on parts.charge_key = due.charge_key
    group by
        parts.charge_key,
        parts.discount_id
    having sum(parts.amount) <> 0;
end;
$$;

comment on function billing._due_line_discounts ()
is 'What each discount in percent takes off what is due, or gives back of it.';
