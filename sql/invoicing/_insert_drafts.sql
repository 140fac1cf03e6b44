-- One statement for all customers: lines, their tax, and the invoices that add them up come from the same rows.
-- What was billed of a subscription's month before is taxed as it was then, the rest as the customer is today.
-- Long for that one statement.
create or replace function billing._insert_drafts(
    p_billing_run_id bigint,
    p_period_start date,
    p_usage_before_txid bigint
)
returns bigint
language sql
volatile
security invoker
as $$
with lines as materialized (
    select lines.*
    from billing.draft_lines(p_period_start) as lines
    inner join billing.billing_run_customers
        on
            billing_run_customers.billing_run_id = p_billing_run_id
            and lines.customer_id = billing_run_customers.customer_id
            and billing_run_customers.outcome = 'skipped'
),

service_periods as materialized (
    select distinct
        lines.customer_id,
        lines.subscription_id,
        lines.service_period_start
    from lines
),

taxed_before as materialized (
    select distinct on (service_periods.subscription_id, service_periods.service_period_start)
        service_periods.*,
        billed.tax_treatment,
        billed.tax_rate,
        billed.tax_name,
        billed.tax_country,
        billed.tax_region
    from service_periods
    inner join billing.invoice_line_items as billed using (subscription_id, service_period_start)
    inner join billing.invoices using (invoice_id)
    where invoices.status <> 'void'
    order by
        service_periods.subscription_id asc,
        service_periods.service_period_start asc,
        invoices.invoice_id desc
),

rules_of_today as materialized (
    select
        periods.customer_id,
        periods.service_period_start,
        rules.*
    from (
        select distinct
            service_periods.customer_id,
            service_periods.service_period_start
        from service_periods
    ) as periods
    cross join lateral billing.tax_for_customer(
        periods.customer_id,
        billing.billing_period_end(periods.service_period_start) - 1
    ) as rules
),

tax_rules as materialized (
    select * from taxed_before
    union all
    select
        service_periods.*,
        rules_of_today.tax_treatment,
        rules_of_today.tax_rate,
        rules_of_today.tax_name,
        rules_of_today.tax_country,
        rules_of_today.tax_region
    from service_periods
    inner join rules_of_today using (customer_id, service_period_start)
    where not exists (
        select from taxed_before
        where
            taxed_before.subscription_id = service_periods.subscription_id
            and taxed_before.service_period_start = service_periods.service_period_start
    )
),

taxes as materialized (
    select
        lines.customer_id,
        tax_rules.tax_treatment,
        tax_rules.tax_rate,
        tax_rules.tax_name,
        tax_rules.tax_country,
        tax_rules.tax_region,
        sum(lines.amount) as taxable,
        round(sum(lines.amount) * tax_rules.tax_rate, min(currencies.exponent)) as tax
    from lines
    inner join tax_rules using (customer_id, subscription_id, service_period_start)
    inner join billing.customers using (customer_id)
    inner join billing.currencies using (currency)
    group by
        lines.customer_id,
        tax_rules.tax_treatment,
        tax_rules.tax_rate,
        tax_rules.tax_name,
        tax_rules.tax_country,
        tax_rules.tax_region
),

totals as (
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
    from taxes
    group by taxes.customer_id
),

drafts as (
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
    inner join billing.currencies using (currency)
    returning invoice_id, customer_id, minor_units
),

inserted_lines as (
    insert into billing.invoice_line_items (
        invoice_id, position, minor_units, kind, subscription_id, plan_code, tier, tier_position,
        is_tier_flat_amount, description, quantity, unit_amount, amount, service_period_start,
        service_period_end, tax_treatment, tax_rate, tax_name, tax_country, tax_region
    )
    select
        drafts.invoice_id,
        lines.position,
        drafts.minor_units,
        lines.kind,
        lines.subscription_id,
        lines.plan_code,
        lines.tier,
        lines.tier_position,
        lines.is_tier_flat_amount,
        lines.description,
        lines.quantity,
        lines.unit_amount,
        lines.amount,
        lines.service_period_start,
        billing.billing_period_end(lines.service_period_start),
        tax_rules.tax_treatment,
        tax_rules.tax_rate,
        tax_rules.tax_name,
        tax_rules.tax_country,
        tax_rules.tax_region
    from lines
    inner join drafts using (customer_id)
    inner join tax_rules using (customer_id, subscription_id, service_period_start)
),

inserted_taxes as (
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
    from taxes
    inner join drafts using (customer_id)
)

select count(*) from drafts
$$;

comment on function billing._insert_drafts (bigint, date, bigint)
is 'Writes the draft invoices of a run with their lines and taxes; returns how many.';
