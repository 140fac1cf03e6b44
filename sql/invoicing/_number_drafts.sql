create or replace function billing._number_drafts(
    p_billing_run_id bigint,
    p_series text,
    p_as_of date
)
returns void
language sql
volatile
security invoker
as $$
with drafts as (
    select
        invoices.invoice_id,
        invoices.customer_id,
        row_number() over (
            order by length(customers.account_number), customers.account_number collate "C"
        ) as ordinal,
        count(*) over () as drafts
    from billing.invoices
    inner join billing.customers using (customer_id)
    where
        invoices.billing_run_id = p_billing_run_id
        and invoices.invoice_number is null
),

series as (
    insert into billing.document_series as existing (series, last_number)
    select
        p_series,
        count(*)
    from drafts
    on conflict (series) do update
    set last_number = existing.last_number + excluded.last_number
    returning last_number
)

update billing.invoices
set
    invoice_number = p_series || '-' || billing._padded_number(
        series.last_number - drafts.drafts + drafts.ordinal
    ),
    issued_on = p_as_of,
    due_on = p_as_of + seller_profiles.payment_terms_days,
    customer_snapshot = billing._customer_snapshot(customers),
    seller_snapshot = to_jsonb(seller_profiles) - array['is_only_row', 'link_secret', 'logo']
from drafts
inner join billing.customers using (customer_id)
cross join series
cross join billing.seller_profiles
where invoices.invoice_id = drafts.invoice_id
$$;

comment on function billing._number_drafts (bigint, text, date)
is 'Gives the drafts of a run the next numbers of the series in account order, and everything a numbered invoice has.';
