-- A charge may be for a calendar month as well, one that is to come when it is billed: it is told from the others by having
-- days of its own, which last beyond the day on which it is due.
-- depends: 0058_index_what_months_read

set local role billing_owner;

drop index billing.invoice_line_items_beyond_months_idx;
create index invoice_line_items_beyond_months_idx on billing.invoice_line_items (invoice_id)
where
case charge_kind
    when 'charge' then service_period_end > taxed_on + 1
    else
        charge_kind in ('subscription', 'proration')
        and (extract(day from service_period_start) <> 1 or service_period_end - service_period_start > 31)
end;
