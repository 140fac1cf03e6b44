-- What a month of the books reads: its invoices and payments, which lie together, and of lines that may be deferred
-- all there are: fees of other days than a calendar month, and charges with days of their own after their due day.
-- depends: 0057_index_items_of_part_months

set local role billing_owner;

create index invoice_line_items_beyond_months_idx on billing.invoice_line_items (invoice_id)
where (charge_kind = 'charge' and service_period_end > taxed_on + 1)
or (
    charge_kind in ('subscription', 'proration')
    and (extract(day from service_period_start) <> 1 or service_period_end - service_period_start > 31)
);

create index invoices_month_of_issue_idx on billing.invoices using brin (
    (date_trunc('month', issued_on::timestamp)::date)
) with (pages_per_range = 32, autosummarize = on);
create index payments_month_of_booking_idx on billing.payments using brin (
    (date_trunc('month', booked_on::timestamp)::date)
) with (pages_per_range = 32, autosummarize = on);
create index payment_applications_month_idx on billing.payment_applications using brin (
    (date_trunc('month', applied_on::timestamp)::date)
) with (pages_per_range = 32, autosummarize = on);
