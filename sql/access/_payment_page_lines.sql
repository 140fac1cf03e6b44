create or replace function billing._payment_page_lines(p_invoice_id bigint)
returns jsonb
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    coalesce(
        jsonb_agg(
            jsonb_build_object('description', lines.description, 'amount', lines.amount::text)
            order by lines.position
        ),
        '[]'::jsonb
    )
from billing.invoice_line_items as lines
where lines.invoice_id = p_invoice_id
$$;

comment on function billing._payment_page_lines (bigint)
is 'The lines of an invoice in short: what for, and how much.';
