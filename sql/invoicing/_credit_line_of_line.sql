-- Tax follows from the net ever credited at the rate; the last of it takes what tax is left.
create or replace function billing._credit_line_of_line(
    p_invoice_id bigint,
    p_line integer,
    p_amount numeric
)
returns setof billing.credit_note_line_items
language sql
stable
security invoker
as $$
select
    null::bigint as credit_note_id,
    1 as position,
    lines.minor_units,
    lines.invoice_id,
    lines.position as invoice_position,
    lines.description,
    p_amount as amount,
    lines.tax_treatment,
    lines.tax_rate,
    lines.tax_name,
    case
        when p_amount = rates.creditable then rates.creditable_tax
        else greatest(
            least(
                round((rates.credited + p_amount) * lines.tax_rate, lines.minor_units) - rates.credited_tax,
                rates.creditable_tax
            ),
            0
        )
    end as tax,
    lines.tax_country,
    lines.tax_region
from billing.invoice_line_items as lines
inner join billing.creditable_amounts as rates
    on
        lines.invoice_id = rates.invoice_id
        and lines.tax_treatment = rates.tax_treatment
        and lines.tax_rate = rates.tax_rate
        and lines.tax_name = rates.tax_name
        and lines.tax_country = rates.tax_country
        and lines.tax_region is not distinct from rates.tax_region
where
    lines.invoice_id = p_invoice_id
    and lines.position = p_line
$$;

comment on function billing._credit_line_of_line (bigint, integer, numeric)
is 'The line of a credit note over a net amount of one line of the invoice.';
