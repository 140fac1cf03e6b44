create or replace function billing._document_line_discounts(p_line billing.invoice_line_items)
returns jsonb
language sql
stable
security invoker
as $$
select
    coalesce(
        jsonb_agg(
            jsonb_build_object(
                'name', taken.name,
                'percent', trim_scale(taken.percent * 100)::text,
                'amount', round(- taken.amount, taken.minor_units)::text
            )
            order by discounts.discount_code collate "C"
        ),
        '[]'
    )
from billing.invoice_line_discounts as taken
inner join billing.discounts using (discount_id)
where
    taken.invoice_id = p_line.invoice_id
    and taken.position = p_line.position
$$;

comment on function billing._document_line_discounts (billing.invoice_line_items)
is 'What discounts in percent took off a line, as its document shows them below it: below zero.';
