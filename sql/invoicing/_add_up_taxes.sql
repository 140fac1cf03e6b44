create or replace function billing._add_up_taxes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.draft_taxes
    select
        charges.customer_id,
        taxes.tax_treatment,
        taxes.tax_rate,
        taxes.tax_name,
        taxes.tax_country,
        taxes.tax_region,
        sum(charges.amount) as taxable,
        round(sum(charges.amount) * taxes.tax_rate, min(currencies.exponent)) as tax
    from pg_temp.due_charges as charges
    inner join pg_temp.due_taxes as taxes using (service_key, taxed_on)
    inner join billing.customers on charges.customer_id = customers.customer_id
    inner join billing.currencies using (currency)
    group by
        charges.customer_id,
        taxes.tax_treatment,
        taxes.tax_rate,
        taxes.tax_name,
        taxes.tax_country,
        taxes.tax_region;
end;
$$;

comment on function billing._add_up_taxes ()
is 'Tax of what is due, rounded once per customer, place and rate.';
