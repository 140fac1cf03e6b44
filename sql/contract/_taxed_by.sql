-- A line is taxed with the rate of the last day of its month, so only those days matter.
create or replace function billing._taxed_by(p_country text, p_region text, p_days daterange)
returns text
language sql
stable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
select format(
    'no change to a billed rate: %s taxed %s', invoices.invoice_number,
    to_char(invoice_line_items.service_period_start, 'YYYY-MM')
)
from billing.invoices
inner join billing.invoice_line_items using (invoice_id)
where
    invoices.invoice_number is not null
    and billing.counts_as_billed(invoices.status, invoices.waived_on)
    and invoice_line_items.tax_country = p_country
    and (
        p_region is null
        or p_region in (invoice_line_items.tax_region, invoices.customer_snapshot ->> 'region')
    )
    and invoice_line_items.tax_treatment = 'taxed'
    and (invoice_line_items.service_period_end - 1) <@ p_days
order by invoice_line_items.service_period_start desc
limit 1;
$$;

comment on function billing._taxed_by (text, text, daterange)
is 'The reason why a tax rate cannot change for these days, naming an invoice taxed there then; null: there is none.';
