-- Revenue movements compare full months: what is not of a full month is looked for in all months, and is few lines.
-- depends: 0056_map_accounts

set local role billing_owner;

create index invoice_line_items_of_part_months_idx on billing.invoice_line_items (invoice_id)
where charge_kind in ('proration', 'charge') or kind in ('correction', 'late_usage');
