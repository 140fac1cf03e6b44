alter table billing.credit_note_line_items
drop column tax_region,
drop column tax_country;
alter table billing.invoice_line_items
drop column tax_region,
drop column tax_country;
alter table billing.invoice_taxes
drop constraint one_tax_of_an_invoice_per_place_and_rate,
drop column tax_region,
drop column tax_country,
add constraint invoice_taxes_pkey primary key (invoice_id, tax_treatment, tax_rate, tax_name);
comment on table billing.invoice_taxes is 'Tax of an invoice, one row per rate, rounded once on the sum of its lines.';

alter table billing.invoices
disable trigger user;
update billing.invoices
set tax_rate = 0
where tax_treatment = 'reverse_charge' and tax_rate <> 0;
alter table billing.invoices
enable trigger user,
drop constraint invoices_without_tax_have_rate_zero,
add constraint untaxed_invoices_have_rate_zero check (tax_treatment = 'taxed' or tax_rate = 0);
comment on column billing.invoices.tax_treatment is null;
comment on column billing.invoices.tax_rate is 'Rate of the invoice''s own period; late usage may carry another (invoice_taxes).';
