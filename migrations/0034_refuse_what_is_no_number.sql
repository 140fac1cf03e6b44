-- numeric also knows NaN and Infinity, which count as larger than every number: no amount, quantity or rate is one.
-- depends: 0033_mark_entries_of_first_version

set local role billing_owner;

alter table billing.accrued_weeks
add constraint accrued_amount_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.bank_transactions
add constraint bank_amount_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.checkout_sessions
add constraint session_amount_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.credit_note_line_items
add constraint credited_amounts_are_finite check (
    amount > '-Infinity' and amount < 'Infinity'
    and tax_rate > '-Infinity' and tax_rate < 'Infinity'
    and tax > '-Infinity' and tax < 'Infinity'
);

alter table billing.credit_notes
add constraint credit_note_amounts_are_finite check (
    subtotal > '-Infinity' and subtotal < 'Infinity'
    and tax > '-Infinity' and tax < 'Infinity'
    and amount > '-Infinity' and amount < 'Infinity'
);

alter table billing.daily_usage
add constraint daily_quantity_is_finite check (quantity > '-Infinity' and quantity < 'Infinity');

alter table billing.documents
add constraint prepaid_amount_is_finite check (prepaid_amount > '-Infinity' and prepaid_amount < 'Infinity');

alter table billing.event_conflicts
add constraint conflicting_quantities_are_finite check (
    quantity > '-Infinity' and quantity < 'Infinity'
    and standing_quantity > '-Infinity' and standing_quantity < 'Infinity'
);

alter table billing.invoice_line_items
add constraint line_amounts_are_finite check (
    quantity > '-Infinity' and quantity < 'Infinity'
    and unit_amount > '-Infinity' and unit_amount < 'Infinity'
    and amount > '-Infinity' and amount < 'Infinity'
    and tax_rate > '-Infinity' and tax_rate < 'Infinity'
);

alter table billing.invoice_taxes
add constraint taxes_are_finite check (
    tax_rate > '-Infinity' and tax_rate < 'Infinity'
    and taxable > '-Infinity' and taxable < 'Infinity'
    and tax > '-Infinity' and tax < 'Infinity'
);

alter table billing.invoices
add constraint invoice_amounts_are_finite check (
    subtotal > '-Infinity' and subtotal < 'Infinity'
    and tax > '-Infinity' and tax < 'Infinity'
    and total > '-Infinity' and total < 'Infinity'
    and tax_rate > '-Infinity' and tax_rate < 'Infinity'
);

alter table billing.least_charges
add constraint least_charge_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.payment_applications
add constraint application_amount_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.payment_attempts
add constraint attempted_amount_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.payment_reversals
add constraint reversal_amount_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.payments
add constraint payment_amount_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.payouts
add constraint payout_amount_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.price_tiers
add constraint tier_amounts_are_finite check (
    up_to > '-Infinity' and up_to < 'Infinity'
    and unit_amount > '-Infinity' and unit_amount < 'Infinity'
    and flat_amount > '-Infinity' and flat_amount < 'Infinity'
);

alter table billing.pricing_plans
add constraint plan_amounts_are_finite check (
    unit_amount > '-Infinity' and unit_amount < 'Infinity'
    and package_size > '-Infinity' and package_size < 'Infinity'
);

alter table billing.refunds
add constraint refund_amount_is_finite check (amount > '-Infinity' and amount < 'Infinity');

alter table billing.subscriptions
add constraint subscription_quantity_is_finite check (quantity > '-Infinity' and quantity < 'Infinity');

alter table billing.tax_rates
add constraint rate_is_finite check (rate > '-Infinity' and rate < 'Infinity');
