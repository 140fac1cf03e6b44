-- The sums over all standing lines of a charge; what names it comes from the latest of them.
create or replace function billing._find_billed_charges()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.billed_charges
    select distinct on (lines.charge_key)
        lines.charge_key,
        lines.service_key,
        lines.charge_kind,
        lines.subscription_id,
        lines.discount_id,
        lines.commitment_id,
        lines.charge_id,
        lines.plan_code,
        lines.price_id,
        lines.cell,
        lines.tier,
        lines.tier_position,
        lines.is_tier_flat_amount,
        sum(lines.quantity) over of_charge as quantity,
        lines.unit_amount,
        sum(lines.gross_amount) over of_charge as gross_amount,
        sum(lines.amount) over of_charge as amount,
        lines.service_period_start as period_start,
        lines.service_period_end as period_end,
        lines.taxed_on,
        lines.invoice_id
    from pg_temp.due_services as services
    inner join billing.invoice_line_items as lines using (service_key)
    inner join billing.invoices using (invoice_id)
    where billing.counts_as_billed(invoices.status, invoices.waived_on)
    window of_charge as (partition by lines.charge_key)
    order by lines.charge_key asc, lines.invoice_id desc;
end;
$$;

comment on function billing._find_billed_charges ()
is 'What standing invoices bill of the services that are due.';
