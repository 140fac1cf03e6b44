create or replace function billing._document_taxes(p_invoice_id bigint)
returns jsonb
language sql
stable
security invoker
as $$
select
    jsonb_agg(
        jsonb_build_object(
            'name', taxes.tax_name,
            'rate', trim_scale(taxes.tax_rate)::text,
            'treatment', taxes.tax_treatment,
            'taxable', round(taxes.taxable, taxes.minor_units)::text,
            'tax', round(taxes.tax, taxes.minor_units)::text
        )
        order by
            taxes.tax_rate desc,
            taxes.tax_name
    )
from billing.invoice_taxes as taxes
where taxes.invoice_id = p_invoice_id
$$;

comment on function billing._document_taxes (bigint)
is 'Taxes of an invoice as its document shows them, highest rate first.';
