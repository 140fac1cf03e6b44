-- An invoice with lines of two treatments counts in both rows, and once in that of its currency.
create or replace function billing.preview_totals(p_period_start date, p_account_number text)
returns table (
    currency text,
    tax_treatment text,
    invoices bigint,
    subtotal numeric,
    tax numeric,
    total numeric
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select
    invoices.currency,
    taxes.tax_treatment,
    count(distinct invoices.invoice_id) as invoices,
    sum(taxes.taxable) as subtotal,
    sum(taxes.tax) as tax,
    sum(taxes.taxable + taxes.tax) as total
from billing.invoices
inner join billing.customers using (customer_id)
inner join billing.invoice_taxes as taxes using (invoice_id)
where
    invoices.period_start = p_period_start
    and invoices.invoice_number is null
    and (p_account_number is null or customers.account_number = p_account_number)
group by grouping sets ((invoices.currency, taxes.tax_treatment), (invoices.currency))
order by
    invoices.currency,
    array_position(array['taxed', 'reverse_charge', 'no_tax'], taxes.tax_treatment)
$$;

comment on function billing.preview_totals (date, text)
is 'Sums of the drafts of a month by currency and tax treatment, and by currency (treatment null); of one customer, or all (null).';
