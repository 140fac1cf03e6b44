-- The invoices add up the same rows that become their lines. Each table is written by one statement for all customers.
-- Long for the two tables that it fills.
create or replace function billing._insert_drafts(
    p_billing_run_id bigint,
    p_period_start date,
    p_usage_before_txid bigint
)
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_drafted bigint;
begin
    perform billing._add_up_taxes();
    with totals as (
        select
            taxes.customer_id,
            sum(taxes.taxable) as subtotal,
            sum(taxes.tax) as tax,
            case
                when bool_or(taxes.tax_treatment = 'reverse_charge') then 'reverse_charge'
                when bool_or(taxes.tax_treatment = 'taxed') then 'taxed'
                else 'no_tax'
            end as tax_treatment,
            (array_agg(taxes.tax_rate order by taxes.taxable desc, taxes.tax_rate desc))[1] as tax_rate
        from pg_temp.draft_taxes as taxes
        group by taxes.customer_id
    )

    insert into billing.invoices (
        billing_run_id, customer_id, period_start, period_end, currency, minor_units, collection_method,
        subtotal, tax, total, tax_treatment, tax_rate, usage_before_txid
    )
    select
        p_billing_run_id,
        customers.customer_id,
        p_period_start,
        billing.billing_period_end(p_period_start),
        customers.currency,
        currencies.exponent,
        customers.collection_method,
        totals.subtotal,
        totals.tax,
        totals.subtotal + totals.tax,
        totals.tax_treatment,
        totals.tax_rate,
        p_usage_before_txid
    from totals
    inner join billing.customers using (customer_id)
    inner join billing.currencies using (currency);
    get diagnostics v_drafted = row_count;
    analyze billing.invoices;

    perform billing._insert_draft_lines(p_billing_run_id);
    insert into billing.invoice_taxes (
        invoice_id, tax_treatment, tax_rate, tax_name, tax_country, tax_region, minor_units, taxable, tax
    )
    select
        drafts.invoice_id,
        taxes.tax_treatment,
        taxes.tax_rate,
        taxes.tax_name,
        taxes.tax_country,
        taxes.tax_region,
        drafts.minor_units,
        taxes.taxable,
        taxes.tax
    from pg_temp.draft_taxes as taxes
    inner join billing.invoices as drafts using (customer_id)
    where drafts.billing_run_id = p_billing_run_id and drafts.invoice_number is null;
    analyze billing.invoice_taxes;
    return v_drafted;
end;
$$;

comment on function billing._insert_drafts (bigint, date, bigint)
is 'Writes the draft invoices of a run with their lines and taxes; returns how many.';
