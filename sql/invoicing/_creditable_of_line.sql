create or replace function billing._creditable_of_line(p_invoice_id bigint, p_line integer)
returns numeric
language sql
stable
security invoker
as $$
select
    least(
        lines.amount - coalesce((
            select sum(earlier.amount)
            from billing.credit_note_line_items as earlier
            where
                earlier.invoice_id = lines.invoice_id
                and earlier.invoice_position = lines.position
        ), 0),
        rates.creditable
    )
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

comment on function billing._creditable_of_line (bigint, integer)
is 'Net amount of an invoice line that credit notes can still take back: not more than is left of its tax rate; null if there is no such line.';
