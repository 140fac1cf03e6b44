-- Every column that the guards of numbered invoices keep is in one of the parts, named one by one, as JSON text: so
-- neither the order of columns in the table matters nor one that a later version adds. That one becomes a part of its
-- own: seals are compared part by part, and those of before do not have it. A test compares the parts with the catalog.
-- A function and no view, which would keep migrations from changing the tables. Subqueries and no joins: whoever does
-- not ask for the seal does not pay for it. Long for the columns that it names.
create or replace function billing._invoice_seals()
returns table (
    invoice_id bigint,
    subject text,
    dated_on date,
    seal jsonb
)
language sql
stable
security invoker
as $$
select
    invoices.invoice_id,
    invoices.invoice_number as subject,
    invoices.issued_on as dated_on,
    jsonb_build_object(
        'header', billing._content_hash(
            json_build_array(
                invoices.invoice_id,
                invoices.billing_run_id,
                invoices.customer_id,
                invoices.invoice_number,
                invoices.period_start,
                invoices.period_end,
                invoices.currency,
                invoices.minor_units,
                invoices.collection_method,
                invoices.subtotal,
                invoices.tax,
                invoices.total,
                invoices.tax_treatment,
                invoices.tax_rate,
                invoices.usage_before_txid,
                invoices.issued_on,
                invoices.due_on,
                extract(epoch from invoices.created_at)
            )::text
        ),
        'buyer', billing._content_hash(invoices.customer_snapshot::text),
        'seller', billing._content_hash(invoices.seller_snapshot::text),
        'discounts', billing._content_hash((
            select
                string_agg(
                    json_build_array(
                        discounts.position,
                        discounts.discount_id,
                        discounts.name,
                        discounts.percent,
                        discounts.amount
                    )::text,
                    ','
                    order by discounts.position, discounts.discount_id
                )
            from billing.invoice_line_discounts as discounts
            where discounts.invoice_id = invoices.invoice_id
        )),
        'taxes', billing._content_hash((
            select string_agg(taxes.content, ',' order by convert_to(taxes.content, 'UTF8'))
            from (
                select
                    json_build_array(
                        invoice_taxes.invoice_id,
                        invoice_taxes.tax_treatment,
                        invoice_taxes.tax_rate,
                        invoice_taxes.tax_name,
                        invoice_taxes.minor_units,
                        invoice_taxes.taxable,
                        invoice_taxes.tax,
                        invoice_taxes.tax_country,
                        invoice_taxes.tax_region
                    )::text as content
                from billing.invoice_taxes
                where invoice_taxes.invoice_id = invoices.invoice_id
            ) as taxes
        ))
    )
    || (
        select
            jsonb_build_object(
                'lines', billing._content_hash(string_agg(
                    json_build_array(
                        lines.invoice_id,
                        lines.position,
                        lines.minor_units,
                        lines.kind,
                        lines.subscription_id,
                        lines.plan_code,
                        lines.tier,
                        lines.tier_position,
                        lines.is_tier_flat_amount,
                        lines.description,
                        lines.quantity,
                        lines.unit_amount,
                        lines.amount,
                        lines.service_period_start,
                        lines.service_period_end,
                        lines.tax_treatment,
                        lines.tax_rate,
                        lines.tax_name,
                        lines.tax_country,
                        lines.tax_region
                    )::text,
                    ','
                    order by lines.position
                )),
                'charges', billing._content_hash(string_agg(
                    json_build_array(
                        lines.position,
                        lines.charge_kind,
                        lines.charge_key,
                        lines.service_key,
                        lines.discount_id,
                        lines.commitment_id,
                        lines.charge_id,
                        lines.price_id,
                        lines.cell,
                        lines.gross_amount,
                        lines.taxed_on
                    )::text,
                    ','
                    order by lines.position
                ))
            )
        from billing.invoice_line_items as lines
        where lines.invoice_id = invoices.invoice_id
    ) as seal
from billing.invoices
where invoices.invoice_number is not null
$$;

comment on function billing._invoice_seals ()
is 'One row per numbered invoice: the hashes of its header, buyer, seller, lines and taxes as they are now, to be compared with those in the audit log.';
