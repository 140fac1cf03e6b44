-- Late usage is taxed as its month was, so an invoice may carry tax of a place that is not its addressee's: each tax
-- says who levies it. Until now that was the addressee's country, or the region where the rate was one of the region.
-- depends: 0031_set_least_charges

set local role billing_owner;

alter table billing.invoices
drop constraint untaxed_invoices_have_rate_zero,
add constraint invoices_without_tax_have_rate_zero check (tax_treatment <> 'no_tax' or tax_rate = 0);

comment on column billing.invoices.tax_treatment
is 'reverse_charge if any line is, else taxed if any is; invoice_taxes has all of them.';
comment on column billing.invoices.tax_rate is 'Rate of the largest taxable sum; late usage may carry another (invoice_taxes).';

alter table billing.invoice_taxes
disable trigger user,
add column tax_country text,
add column tax_region text;
alter table billing.invoice_line_items
disable trigger user,
add column tax_country text,
add column tax_region text;
alter table billing.credit_note_line_items
disable trigger user,
add column tax_country text,
add column tax_region text;

with addressees as (
    select
        invoices.invoice_id,
        coalesce(invoices.customer_snapshot, to_jsonb(customers)) ->> 'country' as country,
        coalesce(invoices.customer_snapshot, to_jsonb(customers)) ->> 'region' as region
    from billing.invoices
    inner join billing.customers using (customer_id)
),

levied as (
    select distinct
        taxes.invoice_id,
        taxes.tax_rate,
        taxes.tax_name,
        addressees.country,
        tax_rates.region
    from billing.invoice_taxes as taxes
    inner join addressees using (invoice_id)
    left join billing.tax_rates
        on
            addressees.country = tax_rates.country
            and addressees.region = tax_rates.region
            and taxes.tax_rate = tax_rates.rate
            and taxes.tax_name = tax_rates.name
)

update billing.invoice_taxes
set tax_country = levied.country, tax_region = levied.region
from levied
where
    invoice_taxes.invoice_id = levied.invoice_id
    and invoice_taxes.tax_rate = levied.tax_rate
    and invoice_taxes.tax_name = levied.tax_name;

update billing.invoice_line_items as lines
set tax_country = taxes.tax_country, tax_region = taxes.tax_region
from billing.invoice_taxes as taxes
where
    lines.invoice_id = taxes.invoice_id
    and lines.tax_treatment = taxes.tax_treatment
    and lines.tax_rate = taxes.tax_rate
    and lines.tax_name = taxes.tax_name;

update billing.credit_note_line_items as lines
set tax_country = taxes.tax_country, tax_region = taxes.tax_region
from billing.invoice_taxes as taxes
where
    lines.invoice_id = taxes.invoice_id
    and lines.tax_treatment = taxes.tax_treatment
    and lines.tax_rate = taxes.tax_rate
    and lines.tax_name = taxes.tax_name;

alter table billing.invoice_taxes
enable trigger user,
alter column tax_country set not null,
drop constraint invoice_taxes_pkey,
add constraint one_tax_of_an_invoice_per_place_and_rate
unique nulls not distinct (invoice_id, tax_country, tax_region, tax_treatment, tax_rate, tax_name);
alter table billing.invoice_line_items
enable trigger user,
alter column tax_country set not null;
alter table billing.credit_note_line_items
enable trigger user,
alter column tax_country set not null;

comment on table billing.invoice_taxes is 'Tax of an invoice, one row per place and rate, rounded once on the sum of its lines.';
comment on column billing.invoice_taxes.tax_country is 'Country that levies the tax, or would.';
comment on column billing.invoice_taxes.tax_region is 'Region that levies the tax; null where the country does.';
comment on column billing.invoice_line_items.tax_country is 'Country that levies the tax, or would.';
comment on column billing.invoice_line_items.tax_region is 'Region that levies the tax; null where the country does.';
comment on column billing.credit_note_line_items.tax_country is 'Country that levies the tax, or would.';
comment on column billing.credit_note_line_items.tax_region is 'Region that levies the tax; null where the country does.';
