-- Revenue that is deferred is of lines whose days are no calendar month: few lines, found without reading the others.
-- depends: 0057_index_items_of_part_months

set local role billing_owner;

create index invoice_line_items_beyond_months_idx on billing.invoice_line_items (invoice_id)
where charge_kind in ('subscription', 'proration', 'charge')
and (extract(day from service_period_start) <> 1 or service_period_end - service_period_start > 31);
