-- A void invoice asks for nothing: what leads to money is taken off its sheet. Who voided it and why stays with us.
create or replace function billing._document_marks(p_invoice_id bigint)
returns jsonb
language sql
stable
security invoker
as $$
select
    case
        when invoices.status = 'void'
            then jsonb_build_object(
                'mark', 'VOID',
                'voided_on', invoices.voided_on,
                'successor', billing.successor_number(invoices.invoice_id),
                'due_on', null,
                'payment_url', null,
                'epc_payload', null
            )
        else jsonb_strip_nulls(
            jsonb_build_object('replaces', billing.replaced_number(invoices.invoice_id))
        )
    end
from billing.invoices
where invoices.invoice_id = p_invoice_id
$$;

comment on function billing._document_marks (bigint)
is 'What the sheet of an invoice shows of its place between others: that it is void, since when and what bills its month instead, or which one it replaces.';
