create or replace function billing._credit_note_lines(p_credit_note_id bigint)
returns jsonb
language sql
stable
security invoker
as $$
select
    jsonb_agg(
        jsonb_build_object(
            'position', lines.position,
            'kind', 'credit',
            'description', lines.description,
            'service_period_start', coalesce(credited.service_period_start, invoices.period_start),
            'service_period_last_day', coalesce(credited.service_period_end, invoices.period_end) - 1,
            'quantity', '1',
            'unit_amount', round(lines.amount, lines.minor_units)::text,
            'amount', round(lines.amount, lines.minor_units)::text
        )
        order by lines.position
    )
from billing.credit_note_line_items as lines
inner join billing.invoices using (invoice_id)
left join billing.invoice_line_items as credited
    on
        lines.invoice_id = credited.invoice_id
        and lines.invoice_position = credited.position
where lines.credit_note_id = p_credit_note_id
$$;

comment on function billing._credit_note_lines (bigint)
is 'Lines of a credit note as its document shows them.';
