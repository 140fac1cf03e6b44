create or replace function billing._add_up_taxes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.draft_taxes
    with services as (
        select
            charges.customer_id,
            charges.service_key,
            charges.taxed_on,
            sum(charges.amount) as amount
        from pg_temp.due_charges as charges
        group by
            charges.customer_id,
            charges.service_key,
            charges.taxed_on
    ),

    rates as (
        select
            services.customer_id,
            taxes.tax_treatment,
            taxes.tax_rate,
            taxes.tax_name,
            taxes.tax_country,
            taxes.tax_region,
            sum(services.amount) as taxable
        from services
        inner join pg_temp.due_taxes as taxes using (service_key, taxed_on)
        group by
            services.customer_id,
            taxes.tax_treatment,
            taxes.tax_rate,
            taxes.tax_name,
            taxes.tax_country,
            taxes.tax_region
    )

    select
        rates.*,
        round(rates.taxable * rates.tax_rate, currencies.exponent) as tax
    from rates
    inner join billing.customers using (customer_id)
    inner join billing.currencies using (currency);
end;
$$;

comment on function billing._add_up_taxes ()
is 'Tax of what is due, rounded once per customer, place and rate.';
