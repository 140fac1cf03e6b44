set local role billing_owner;

drop index billing.invoice_line_items_of_part_months_idx;
