-- Two years of a business of :customers customers, written straight into the tables: the books of a run without running it.
-- Each customer has a usage plan with three tiers, used on eight days a month, and a flat plan; one in twenty leaves.
-- Nineteen of twenty invoices are paid, one in two hundred is in dunning.
set local session_replication_role = replica;

insert into billing.seller_profiles (
    name, address_line1, postal_code, city, country, email, billing_timezone, payment_terms_days, invoice_prefix
)
values ('Bench', 'Street 1', '10115', 'Berlin', 'DE', 'a@seller.example', 'Europe/Berlin', 30, 'INV');

insert into billing.tax_rates (country, name, rate, valid_from) values ('DE', 'VAT', 0.19, '2020-01-01');

insert into billing.customers (
    account_number, name, billing_email, country, currency, collection_method, segment, signed_up_on, address_line1,
    postal_code, city
)
select
    'B' || n, 'Customer ' || n, 'a' || n || '@customer.example', 'DE', case when n % 4 = 0 then 'USD' else 'EUR' end,
    case when n % 4 = 1 then 'send_invoice' else 'charge_automatically' end, 'segment ' || n % 5, '2024-01-01',
    'Street ' || n, '10115', 'Berlin'
from generate_series(1, :customers) as n;

insert into billing.metrics (metric) values ('api_calls');

insert into billing.pricing_plans (plan_code, name, kind, pricing_model, metric_id, currency, unit_amount)
values
('api-eur', 'API', 'usage', 'graduated', 1, 'EUR', null),
('api-usd', 'API', 'usage', 'graduated', 1, 'USD', null),
('support-eur', 'Support', 'flat', 'flat', null, 'EUR', 99),
('support-usd', 'Support', 'flat', 'flat', null, 'USD', 99);

insert into billing.price_tiers (plan_id, tier_position, tier, up_to, unit_amount)
select plan_id, tier_position, tier, up_to, unit_amount
from (values (1, 'Free', 10000, 0), (2, 'Standard', 100000, 0.001), (3, 'Bulk', null, 0.0005))
    as tiers (tier_position, tier, up_to, unit_amount)
cross join (values (1), (2)) as plans (plan_id);

insert into billing.subscriptions (customer_id, plan_id, currency, metric_id, quantity, starts_on, ends_on)
select
    customers.customer_id, pricing_plans.plan_id, customers.currency, pricing_plans.metric_id, 1,
    '2024-03-01', case when customers.customer_id % 20 = 0 then date '2025-10-15' end
from billing.customers inner join billing.pricing_plans using (currency);

insert into billing.daily_usage (customer_id, metric_id, usage_day, quantity, events)
select customer_id, 1, day::date, 1000 + (customer_id * 7919 + extract(doy from day)::bigint * 104729) % 30000, 3
from generate_series(timestamp '2024-03-01', timestamp '2026-02-28', interval '1 day') as day
cross join billing.customers
where extract(day from day) in (1, 5, 9, 13, 17, 20, 23, 26)
    and (customers.customer_id % 20 <> 0 or day < '2025-10-15');

insert into billing.usage_months (customer_id, usage_month, last_txid)
select customer_id, date_trunc('month', usage_day::timestamp)::date, 1 from billing.daily_usage group by 1, 2;

insert into billing.billing_runs (period_start, as_of, started_at, verified_at, closed_at, finished_at)
select month, month + interval '1 month', at.at, at.at, at.at, at.at
from generate_series(timestamp '2024-03-01', timestamp '2026-02-01', interval '1 month') as month
cross join lateral (select (month + interval '1 month') at time zone 'UTC' as at) as at;

insert into billing.billing_run_customers (billing_run_id, customer_id, outcome, usage_before_txid)
select
    billing_run_id, customer_id,
    case when customer_id % 20 = 0 and period_start >= '2025-11-01' then 'skipped' else 'invoiced' end, 2
from billing.billing_runs cross join billing.customers;

create temporary table charges as
select
    runs.billing_run_id, runs.period_start, runs.as_of, customers.customer_id, customers.currency,
    usage.quantity,
    round(least(greatest(usage.quantity - 10000, 0), 90000) * 0.001 + greatest(usage.quantity - 100000, 0) * 0.0005, 2)
    as usage_amount,
    case when customers.customer_id % 20 = 0 and runs.period_start = '2025-10-01' then -54.29 else 0 end as proration,
    row_number() over (partition by runs.billing_run_id order by customers.customer_id) as ordinal
from billing.billing_runs as runs
inner join billing.billing_run_customers as outcomes using (billing_run_id)
inner join billing.customers using (customer_id)
inner join lateral (
    select sum(daily_usage.quantity) as quantity from billing.daily_usage
    where daily_usage.customer_id = customers.customer_id and daily_usage.metric_id = 1
        and daily_usage.usage_day >= runs.period_start
        and daily_usage.usage_day < (runs.period_start + interval '1 month')::date
) as usage on true
where outcomes.outcome = 'invoiced';

insert into billing.invoices (
    billing_run_id, customer_id, invoice_number, period_start, period_end, currency, minor_units, collection_method,
    status, subtotal, tax, total, tax_treatment, tax_rate, usage_before_txid, issued_on, due_on, paid_on,
    customer_snapshot, seller_snapshot
)
select
    charges.billing_run_id, charges.customer_id,
    format('INV-%s-%s', to_char(period_start, 'YYYY-MM'), lpad(ordinal::text, 5, '0')), period_start,
    (period_start + interval '1 month')::date, charges.currency, 2, customers.collection_method,
    case when ordinal % 20 = 0 and period_start >= '2025-06-01' then 'issued' else 'paid' end,
    net.amount, round(net.amount * 0.19, 2), net.amount + round(net.amount * 0.19, 2), 'taxed', 0.19, 2, as_of,
    as_of + 30, case when ordinal % 20 = 0 and period_start >= '2025-06-01' then null else as_of + 9 end,
    billing._customer_snapshot(customers),
    (select to_jsonb(s) - array['is_only_row', 'link_secret', 'logo'] from billing.seller_profiles as s)
from charges
inner join billing.customers using (customer_id)
cross join lateral (select usage_amount + 99 + proration as amount) as net
order by billing_run_id, ordinal;

insert into billing.invoice_line_items (
    invoice_id, position, minor_units, kind, subscription_id, plan_code, tier, tier_position, description, quantity,
    unit_amount, amount, service_period_start, service_period_end, tax_treatment, tax_rate, tax_name
)
select
    invoices.invoice_id, lines.position, 2, lines.kind, subscriptions.subscription_id, 'api-eur', lines.tier,
    lines.tier_position, 'A line of it', lines.quantity, lines.unit_amount, lines.amount, invoices.period_start,
    invoices.period_end, 'taxed', 0.19, 'VAT'
from charges
inner join billing.invoices using (customer_id, period_start)
cross join lateral (
    values
    (1, 'usage', 'Free', 1, least(charges.quantity, 10000), 0, 0.00, true),
    (2, 'usage', 'Standard', 2, least(greatest(charges.quantity - 10000, 0), 90000), 0.001,
        round(least(greatest(charges.quantity - 10000, 0), 90000) * 0.001, 2), true),
    (3, 'usage', 'Bulk', 3, greatest(charges.quantity - 100000, 0), 0.0005,
        charges.usage_amount - round(least(greatest(charges.quantity - 10000, 0), 90000) * 0.001, 2), true),
    (4, 'subscription', null, null, 1, 99, 99.00, false),
    (5, 'proration', '14/31', null, 1, charges.proration, charges.proration, false)
) as lines (position, kind, tier, tier_position, quantity, unit_amount, amount, is_usage)
inner join billing.subscriptions
    on charges.customer_id = subscriptions.customer_id and (subscriptions.metric_id is not null) = lines.is_usage
where (lines.kind <> 'proration' or lines.amount <> 0) and lines.quantity > 0
order by invoices.invoice_id, lines.position;

insert into billing.invoice_taxes (invoice_id, tax_treatment, tax_rate, tax_name, minor_units, taxable, tax)
select invoice_id, 'taxed', 0.19, 'VAT', 2, subtotal, tax from billing.invoices order by invoice_id;

insert into billing.bank_transactions (fingerprint, booked_on, amount, currency, payer_name, remittance, status, source)
select 'B' || invoice_id, issued_on + 9, total, currency, 'A payer', invoice_number, 'matched', 'bench'
from billing.invoices where status = 'paid' and collection_method = 'send_invoice' order by invoice_id;

insert into billing.payments (
    customer_id, amount, currency, minor_units, method, received_on, reference, bank_transaction_id
)
select
    invoices.customer_id, invoices.total, invoices.currency, 2,
    case when bank_transactions.bank_transaction_id is null then 'card' else 'bank_transfer' end,
    invoices.issued_on + 9, 'P' || invoices.invoice_id, bank_transactions.bank_transaction_id
from billing.invoices
left join billing.bank_transactions on bank_transactions.fingerprint = 'B' || invoices.invoice_id
where invoices.status = 'paid'
order by invoices.invoice_id;

insert into billing.payment_applications (payment_id, invoice_id, minor_units, amount, applied_on)
select payments.payment_id, substr(payments.reference, 2)::bigint, 2, payments.amount, payments.received_on
from billing.payments order by payments.payment_id;

insert into billing.payment_attempts (
    invoice_id, attempt, idempotency_key, cause, scheduled_on, amount, stripe_payment_method_id, state, decline_code,
    sent_at, finished_at
)
select
    invoice_id, 1, 'bench-' || invoice_id, 'issue', issued_on, total, 'pm',
    case when status = 'paid' then 'succeeded' else 'declined' end,
    case when status = 'paid' then null else 'card_declined' end, issued_on, issued_on
from billing.invoices where collection_method = 'charge_automatically' order by invoice_id;

insert into billing.dunning_cases (invoice_id, state, since, reason, day_zero, failure_kind, failure_reason)
select
    invoice_id, 'manual_review', issued_on + 44, 'policy day 14',
    case when collection_method = 'send_invoice' then due_on else issued_on end,
    case when collection_method = 'send_invoice' then 'none' else 'soft' end,
    case when collection_method = 'send_invoice' then null else 'card_declined' end
from billing.invoices where status = 'issued' order by invoice_id;

insert into billing.audit_log (
    entry, recorded_at, business_date, actor, topic, subject, from_state, to_state, reason, previous_hash, hash
)
select
    row_number() over (order by invoices.issued_on + steps.day, invoices.invoice_id), now(),
    invoices.issued_on + steps.day, 'bench', 'dunning', invoices.invoice_number, steps.from_state, steps.to_state,
    'policy', '\x00', '\x00'
from billing.invoices
cross join (
    values (33, 'issued', 'reminder_sent'), (37, 'reminder_sent', 'urgent_notice'), (44, 'urgent_notice', 'manual_review')
) as steps (day, from_state, to_state)
where invoices.status = 'issued';

update billing.usage_watermarks set rolled_up_before_txid = 2;

-- As the close of each month would have.
select billing.accrue_weeks();
