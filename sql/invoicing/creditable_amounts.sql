create or replace view billing.creditable_amounts as
select
    taxes.invoice_id,
    taxes.tax_treatment,
    taxes.tax_rate,
    taxes.tax_name,
    taxes.minor_units,
    coalesce(credited.amount, 0) as credited,
    coalesce(credited.tax, 0) as credited_tax,
    taxes.taxable - coalesce(credited.amount, 0) as creditable,
    taxes.tax - coalesce(credited.tax, 0) as creditable_tax,
    taxes.tax_country,
    taxes.tax_region
from billing.invoice_taxes as taxes
left join lateral (
    select
        sum(lines.amount) as amount,
        sum(lines.tax) as tax
    from billing.credit_note_line_items as lines
    where
        lines.invoice_id = taxes.invoice_id
        and lines.tax_treatment = taxes.tax_treatment
        and lines.tax_rate = taxes.tax_rate
        and lines.tax_name = taxes.tax_name
        and lines.tax_country = taxes.tax_country
        and lines.tax_region is not distinct from taxes.tax_region
) as credited on true;

comment on view billing.creditable_amounts
is 'One row per invoice, place and rate of its taxes: what credit notes took back of it, net and tax, and what they still can.';
