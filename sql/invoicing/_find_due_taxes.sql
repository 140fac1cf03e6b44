-- What standing invoices billed a part of is taxed as the last of them taxed it, the rest as the customer is on the day
-- of the charge. Customers of one place are taxed alike: each place is looked up once.
-- Long for the two answers, of before and of today.
create or replace function billing._find_due_taxes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.due_taxes
    with services as materialized (
        select distinct
            charges.service_key,
            charges.customer_id,
            charges.taxed_on
        from pg_temp.due_charges as charges
    ),

    taxed_before as materialized (
        select distinct on (billed.service_key)
            billed.service_key,
            lines.tax_treatment,
            lines.tax_rate,
            lines.tax_name,
            lines.tax_country,
            lines.tax_region
        from (select distinct charges.service_key from pg_temp.billed_charges as charges) as billed
        inner join billing.invoice_line_items as lines using (service_key)
        inner join billing.invoices using (invoice_id)
        where invoices.status <> 'void' and lines.charge_id is null
        order by billed.service_key asc, lines.invoice_id desc
    ),

    places as materialized (
        select
            customers.country,
            customers.region,
            customers.is_tax_id_valid,
            services.taxed_on,
            min(services.customer_id) as one_customer_id
        from services
        inner join billing.customers using (customer_id)
        group by
            customers.country,
            customers.region,
            customers.is_tax_id_valid,
            services.taxed_on
    ),

    rules as materialized (
        select
            places.*,
            today.*
        from places
        cross join lateral billing.tax_for_customer(places.one_customer_id, places.taxed_on) as today
    )

    select
        services.service_key,
        services.taxed_on,
        services.customer_id,
        coalesce(taxed_before.tax_treatment, rules.tax_treatment) as tax_treatment,
        coalesce(taxed_before.tax_rate, rules.tax_rate) as tax_rate,
        coalesce(taxed_before.tax_name, rules.tax_name) as tax_name,
        coalesce(taxed_before.tax_country, rules.tax_country) as tax_country,
        case
            when taxed_before.service_key is null then rules.tax_region
            else taxed_before.tax_region
        end as tax_region
    from services
    inner join billing.customers using (customer_id)
    inner join rules
        on
            customers.country = rules.country
            and customers.region is not distinct from rules.region
            and customers.is_tax_id_valid = rules.is_tax_id_valid
            and services.taxed_on = rules.taxed_on
    left join taxed_before using (service_key);
end;
$$;

comment on function billing._find_due_taxes ()
is 'How each service that is billed is taxed.';
