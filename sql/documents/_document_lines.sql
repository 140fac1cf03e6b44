create or replace function billing._document_lines(p_invoice_id bigint)
returns jsonb
language sql
stable
security invoker
as $$
select
    jsonb_agg(
        jsonb_build_object(
            'position', lines.position,
            'kind', lines.kind,
            'description', lines.description,
            'service_period_start', lines.service_period_start,
            'service_period_last_day', lines.service_period_end - 1,
            'quantity', trim_scale(lines.quantity)::text,
            'unit_amount', case
                when scale(trim_scale(lines.unit_amount)) > lines.minor_units
                    then trim_scale(lines.unit_amount)
                else round(lines.unit_amount, lines.minor_units)
            end::text,
            'gross_amount', round(lines.gross_amount, lines.minor_units)::text,
            'discounts', billing._document_line_discounts(lines),
            'amount', round(lines.amount, lines.minor_units)::text
        )
        order by lines.position
    )
from billing.invoice_line_items as lines
where lines.invoice_id = p_invoice_id
$$;

comment on function billing._document_lines (bigint)
is 'Lines of an invoice as its document shows them; unit prices keep all their decimals.';
