drop index billing.invoice_line_items_beyond_months_idx;
create index invoice_line_items_beyond_months_idx on billing.invoice_line_items (invoice_id)
where charge_kind in ('subscription', 'proration', 'charge')
and (extract(day from service_period_start) <> 1 or service_period_end - service_period_start > 31);
