drop table billing.invoice_line_discounts;
alter table billing.invoice_line_items
disable trigger user;
delete from billing.invoice_line_items
where subscription_id is null;
alter table billing.invoice_line_items
enable trigger user;
drop index billing.one_line_per_charge_and_invoice;
alter table billing.invoice_line_items
add constraint invoice_line_items_subscription_id_fkey
foreign key (subscription_id) references billing.subscriptions (subscription_id),
drop constraint line_bills_its_charge,
drop constraint charge_kind_is_known,
drop constraint line_has_one_source,
drop constraint service_period_ends_after_it_starts,
drop constraint line_kind_is_known,
add constraint line_kind_is_known check (kind in ('usage', 'late_usage', 'subscription', 'proration')) not valid,
add constraint service_period_is_a_month check (
    extract(day from service_period_start) = 1
    and service_period_end = (service_period_start + interval '1 month')::date
) not valid,
alter column subscription_id set not null,
alter column plan_code set not null,
drop column charge_kind,
drop column charge_key,
drop column service_key,
drop column discount_id,
drop column commitment_id,
drop column charge_id,
drop column price_id,
drop column cell,
drop column gross_amount,
drop column taxed_on;
alter table billing.invoice_line_items validate constraint line_kind_is_known;
alter table billing.invoice_line_items validate constraint service_period_is_a_month;
create index invoice_line_items_service_period_idx
on billing.invoice_line_items (service_period_start, subscription_id);
drop table billing.contract_changes;
drop table billing.charges;
drop table billing.commitments;
drop table billing.discounts;
