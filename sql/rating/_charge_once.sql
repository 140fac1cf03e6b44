-- One-off charges wait for the first run whose month ends on their day or later, however long ago that was: those that
-- nobody has billed are always rated.
create or replace function billing._charge_once(p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.rated_charges (
        charge_key, service_key, customer_id, charge_kind, charge_id, is_tier_flat_amount, first_on, quantity,
        unit_amount, gross_amount, amount, minor_units, period_start, period_end, due_on, due_month, taxed_on
    )
    select
        services.service_key || '/charge' as charge_key,
        services.service_key,
        charges.customer_id,
        'charge' as charge_kind,
        charges.charge_id,
        false as is_tier_flat_amount,
        charges.due_on as first_on,
        charges.quantity,
        charges.unit_amount,
        round(charges.quantity * charges.unit_amount, currencies.exponent) as gross_amount,
        round(charges.quantity * charges.unit_amount, currencies.exponent) as amount,
        currencies.exponent as minor_units,
        coalesce(charges.service_start, charges.due_on) as period_start,
        coalesce(charges.service_end, charges.due_on + 1) as period_end,
        charges.due_on,
        date_trunc('month', charges.due_on::timestamp)::date as due_month,
        charges.due_on as taxed_on
    from billing.charges
    inner join pg_temp.rating_scopes as scopes using (customer_id)
    inner join billing.currencies using (currency)
    cross join lateral (
        select billing.service_key('c', charges.charge_id, null) as service_key
    ) as services
    where
        charges.due_on < p_until
        and (
            charges.due_on >= scopes.rated_from
            or not exists (
                select from billing.invoice_line_items as lines
                inner join billing.invoices using (invoice_id)
                where
                    lines.service_key = services.service_key
                    and (invoices.status <> 'void' or invoices.waived_on is not null)
            )
        );
end;
$$;

comment on function billing._charge_once (date)
is 'Seventh step: one-off charges whose day is before p_until.';
