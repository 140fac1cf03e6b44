create or replace function billing._credit_note_taxes(p_credit_note_id bigint)
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

comment on function billing._credit_note_taxes (bigint)
is 'Taxes of a credit note as its document shows them, highest rate first; the country is named where it is not the addressee''s.';
