create or replace function billing.document_taxes(p_invoice_id bigint)
returns jsonb
language sql
stable
security invoker
as $$
select
    jsonb_agg(
        jsonb_strip_nulls(
            jsonb_build_object(
                'name', taxes.tax_name,
                'rate', trim_scale(taxes.tax_rate)::text,
                'treatment', taxes.tax_treatment,
                'taxable', round(taxes.taxable, taxes.minor_units)::text,
                'tax', round(taxes.tax, taxes.minor_units)::text,
                'country', nullif(taxes.tax_country, invoices.customer_snapshot ->> 'country')
            )
        )
        order by
            taxes.tax_rate desc,
            taxes.tax_name,
            taxes.tax_country,
            taxes.tax_region
    )
from billing.invoice_taxes as taxes
inner join billing.invoices using (invoice_id)
where taxes.invoice_id = p_invoice_id
$$;

comment on function billing.document_taxes (bigint)
is 'Taxes of an invoice as its document shows them, highest rate first; the country is named where it is not the addressee''s.';
