create or replace function billing.document_taxes(p_invoice_id bigint, p_credit_note_id bigint)
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
                'country', nullif(taxes.tax_country, taxes.addressed_country)
            )
        )
        order by
            taxes.tax_rate desc,
            taxes.tax_name,
            taxes.tax_country,
            taxes.tax_region
    )
from (
    select
        invoice_taxes.tax_name,
        invoice_taxes.tax_rate,
        invoice_taxes.tax_treatment,
        invoice_taxes.tax_country,
        invoice_taxes.tax_region,
        invoice_taxes.minor_units,
        invoices.customer_snapshot ->> 'country' as addressed_country,
        invoice_taxes.taxable,
        invoice_taxes.tax
    from billing.invoice_taxes
    inner join billing.invoices using (invoice_id)
    where invoice_taxes.invoice_id = p_invoice_id
    union all
    select
        lines.tax_name,
        lines.tax_rate,
        lines.tax_treatment,
        lines.tax_country,
        lines.tax_region,
        lines.minor_units,
        credit_notes.customer_snapshot ->> 'country' as addressed_country,
        sum(lines.amount) as taxable,
        sum(lines.tax) as tax
    from billing.credit_note_line_items as lines
    inner join billing.credit_notes using (credit_note_id)
    where lines.credit_note_id = p_credit_note_id
    group by
        lines.tax_name,
        lines.tax_rate,
        lines.tax_treatment,
        lines.tax_country,
        lines.tax_region,
        lines.minor_units,
        credit_notes.customer_snapshot ->> 'country'
) as taxes
$$;

comment on function billing.document_taxes (bigint, bigint)
is 'Taxes of an invoice, or of a credit note, as its document shows them, highest rate first; the country is named where it is not the addressee''s.';
