-- In the transaction that issues the invoice. The credit balance pays first; what is left is charged or awaited.
create or replace function billing.begin_collection(p_invoice_id bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_invoice billing.invoices;
    v_payment billing.payments;
begin
    select * into strict v_invoice from billing.invoices where invoice_id = p_invoice_id;
    perform billing._open_dunning_case(p_invoice_id);
    if v_invoice.total < 0 then
        v_payment.customer_id := v_invoice.customer_id;
        v_payment.amount := -v_invoice.total;
        v_payment.currency := v_invoice.currency;
        v_payment.method := 'negative_invoice';
        v_payment.received_on := v_invoice.issued_on;
        v_payment.reference := v_invoice.invoice_number;
        perform billing.book_payment(v_payment);
    end if;
    perform billing.apply_on_account(v_invoice.customer_id, v_invoice.currency, v_invoice.issued_on);
    perform billing.settle_invoice(p_invoice_id, v_invoice.issued_on);
    perform billing.write_email(
        p_invoice_id => p_invoice_id,
        p_template => case v_invoice.collection_method
            when 'send_invoice' then 'invoice_transfer'
            else 'invoice_card'
        end,
        p_on => v_invoice.issued_on,
        p_occasion => null,
        p_details => '{}'
    );
    perform billing._schedule_charge(
        p_invoice_id => p_invoice_id,
        p_cause => 'issue',
        p_on => v_invoice.issued_on
    );
end;
$$;

comment on function billing.begin_collection (bigint)
is 'What follows the issue of an invoice: its credit balance is applied, its e-mail and its charge are planned.';
