-- Two years of a business of :customers customers, written straight into the tables: the books of runs without running
-- them. All have a usage plan with three tiers, used on eight days a month, and a flat plan; one in ten a licence by
-- the year, in advance. One in eight comes later, one in twenty leaves, one in forty stays away for two months.
-- Nineteen of twenty invoices are paid, two in a thousand credited and refunded, one in a thousand is void and not
-- billed again. Books are closed up to 2025-12.
set local session_replication_role = replica;

-- Ids count from one, also after a load that failed.
truncate billing.customers, billing.metrics, billing.pricing_plans, billing.billing_runs restart identity cascade;

insert into billing.seller_profiles (
    name, address_line1, postal_code, city, country, email, billing_timezone, payment_terms_days, invoice_prefix
)
values ('Bench', 'Street 1', '10115', 'Berlin', 'DE', 'a@seller.example', 'Europe/Berlin', 30, 'INV');

insert into billing.tax_rates (country, name, rate, valid_from) values ('DE', 'VAT', 0.19, '2020-01-01');

create temporary table clients as
select
    n as customer_id,
    case when n % 4 = 0 then 'USD' else 'EUR' end as currency,
    case when n % 4 = 1 then 'send_invoice' else 'charge_automatically' end as collection_method,
    (date '2024-03-01' + case when n % 8 = 3 then n / 8 % 24 else 0 end * interval '1 month')::date as starts_on,
    case when n % 20 = 0 then date '2025-10-15' end as ends_on,
    n % 40 = 7 as is_paused
from generate_series(1, :customers) as n;

insert into billing.customers (
    account_number, name, billing_email, country, currency, collection_method, segment, signed_up_on, address_line1,
    postal_code, city
)
select
    'B' || customer_id, 'Customer ' || customer_id, 'a' || customer_id || '@customer.example', 'DE', currency,
    collection_method, 'segment ' || customer_id % 5, starts_on, 'Street ' || customer_id, '10115', 'Berlin'
from clients order by customer_id;

insert into billing.metrics (metric, dimensions) values ('api_calls', '{region}');
insert into billing.usage_keys (metric_id, dimensions) values (1, '{"region": "eu"}'), (1, '{"region": "us"}');

insert into billing.pricing_plans (plan_code, name, kind, metric_id, interval_months, billed_in)
values
('api', 'API', 'usage', 1, 1, 'arrears'),
('support', 'Support', 'flat', null, 1, 'arrears'),
('licence', 'Licence', 'flat', null, 12, 'advance');

insert into billing.prices (plan_id, currency, valid_from, pricing_model)
select plan_id, currency, case when currency = 'EUR' then date '-infinity' else '2020-01-01' end, pricing_model
from (values (1, 'graduated'), (2, 'flat'), (3, 'flat')) as plans (plan_id, pricing_model)
cross join (values ('EUR'), ('USD')) as currencies (currency);

insert into billing.price_cells (price_id, cell_position) select price_id, 1 from billing.prices;

insert into billing.price_tiers (price_id, cell_position, tier_position, tier, up_to, unit_amount)
select prices.price_id, 1, tiers.tier_position, tiers.tier, tiers.up_to, tiers.unit_amount
from (
    values
    (1, 1, 'Free', 10000, 0), (1, 2, 'Standard', 100000, 0.001), (1, 3, 'Bulk', null, 0.0005),
    (2, 1, null, null, 99), (3, 1, null, null, 1200)
) as tiers (plan_id, tier_position, tier, up_to, unit_amount)
inner join billing.prices using (plan_id);

insert into billing.subscriptions (customer_id, subscription, currency, metric_id, interval_months, billed_in)
select
    clients.customer_id, pricing_plans.plan_code || '-' || clients.customer_id, clients.currency,
    pricing_plans.metric_id, pricing_plans.interval_months, pricing_plans.billed_in
from clients cross join billing.pricing_plans
where pricing_plans.plan_code <> 'licence' or clients.customer_id % 10 = 2
order by clients.customer_id, pricing_plans.plan_id;

create temporary table subscribed as
select
    subscriptions.subscription_id, subscriptions.customer_id, pricing_plans.plan_id, pricing_plans.plan_code,
    prices.price_id, subscriptions.currency,
    case
        when pricing_plans.plan_code = 'licence'
            then (date '2024-03-10' + subscriptions.customer_id / 10 % 12 * interval '1 month')::date
        else clients.starts_on
    end as starts_on,
    clients.ends_on, clients.is_paused
from billing.subscriptions
inner join clients using (customer_id)
inner join billing.pricing_plans on subscriptions.subscription = pricing_plans.plan_code || '-' || clients.customer_id
inner join billing.prices
    on pricing_plans.plan_id = prices.plan_id and subscriptions.currency = prices.currency;

insert into billing.subscription_phases (
    subscription_id, starts_on, ends_on, customer_id, plan_id, metric_id, interval_months, billed_in, quantity
)
select
    subscribed.subscription_id, phases.starts_on, phases.ends_on, subscribed.customer_id, subscribed.plan_id,
    pricing_plans.metric_id, pricing_plans.interval_months, pricing_plans.billed_in, 1
from subscribed
inner join billing.pricing_plans using (plan_id)
cross join lateral (
    select subscribed.starts_on, case when subscribed.is_paused then date '2025-02-01' else subscribed.ends_on end
    union all
    select date '2025-04-01', subscribed.ends_on where subscribed.is_paused
) as phases (starts_on, ends_on)
where phases.starts_on < coalesce(phases.ends_on, 'infinity');

insert into billing.daily_usage (customer_id, metric_id, usage_key_id, usage_day, quantity, events)
select
    clients.customer_id, 1, 1 + clients.customer_id % 2, day::date,
    1000 + (clients.customer_id * 7919 + extract(doy from day)::bigint * 104729) % 30000, 3
from generate_series(timestamp '2024-03-01', timestamp '2026-02-28', interval '1 day') as day
cross join clients
where
    extract(day from day) in (1, 5, 9, 13, 17, 20, 23, 26)
    and day >= clients.starts_on
    and day < coalesce(clients.ends_on, 'infinity')
    and not (clients.is_paused and day >= '2025-02-01' and day < '2025-04-01')
order by day, clients.customer_id;

insert into billing.usage_months (customer_id, usage_month, last_txid)
select customer_id, date_trunc('month', usage_day::timestamp)::date, 1 from billing.daily_usage group by 1, 2;

insert into billing.billing_runs (period_start, as_of, started_at, verified_at, closed_at, finished_at)
select month, month + interval '1 month', at.at, at.at, at.at, at.at
from generate_series(timestamp '2024-03-01', timestamp '2026-02-01', interval '1 month') as month
cross join lateral (select (month + interval '1 month') at time zone 'UTC' as at) as at;

-- The lines of all months, and out of them the invoices.
create temporary table lines as
select
    runs.billing_run_id, runs.period_start, subscribed.customer_id, subscribed.subscription_id, subscribed.plan_code,
    subscribed.price_id, charged.*
from billing.billing_runs as runs
inner join (
    select customer_id, date_trunc('month', usage_day::timestamp)::date as period_start, sum(quantity) as quantity
    from billing.daily_usage group by 1, 2
) as usage on runs.period_start = usage.period_start
inner join subscribed on usage.customer_id = subscribed.customer_id
cross join lateral (
    select
        format('s%s/%s', subscribed.subscription_id, runs.period_start) as service_key,
        least(greatest(usage.quantity - 10000, 0), 90000) as standard,
        greatest(usage.quantity - 100000, 0) as bulk
) as used
cross join lateral (
    select
        1 as position, 'usage' as kind, 'Free' as tier, 1 as tier_position, least(usage.quantity, 10000) as quantity,
        0::numeric as unit_amount, 0.00 as amount, runs.period_start as service_start,
        (runs.period_start + interval '1 month')::date as service_end, used.service_key,
        used.service_key || '/api/""/"Free"' as charge_key
    where subscribed.plan_code = 'api'
    union all
    select
        2, 'usage', 'Standard', 2, used.standard, 0.001, round(used.standard * 0.001, 2), runs.period_start,
        (runs.period_start + interval '1 month')::date, used.service_key, used.service_key || '/api/""/"Standard"'
    where subscribed.plan_code = 'api' and used.standard > 0
    union all
    select
        3, 'usage', 'Bulk', 3, used.bulk, 0.0005, round(used.bulk * 0.0005, 2), runs.period_start,
        (runs.period_start + interval '1 month')::date, used.service_key, used.service_key || '/api/""/"Bulk"'
    where subscribed.plan_code = 'api' and used.bulk > 0
    union all
    select
        4, 'subscription', null, null, 1, 99, 99.00, runs.period_start,
        (runs.period_start + interval '1 month')::date, used.service_key,
        format('%s/support/%s/subscription', used.service_key, runs.period_start)
    where subscribed.plan_code = 'support'
    union all
    select
        5, 'proration', '14/31', null, 1, -54.29, -54.29, runs.period_start,
        (runs.period_start + interval '1 month')::date, used.service_key,
        format('%s/support/%s/proration', used.service_key, runs.period_start)
    where subscribed.plan_code = 'support' and subscribed.ends_on < runs.period_start + interval '1 month'
    union all
    select
        6, 'subscription', null, null, 1, 1200, 1200.00, begins.on_day, (begins.on_day + interval '1 year')::date,
        begins.service_key, format('%s/licence/%s/subscription', begins.service_key, begins.on_day)
    from (
        select day::date as on_day, format('s%s/%s', subscribed.subscription_id, day::date) as service_key
        from generate_series(subscribed.starts_on::timestamp, timestamp '2026-02-28', interval '1 year') as day
    ) as begins
    where
        subscribed.plan_code = 'licence'
        and begins.on_day >= runs.period_start
        and begins.on_day < runs.period_start + interval '1 month'
) as charged;

insert into billing.billing_run_customers (billing_run_id, customer_id, outcome, usage_before_txid)
select
    runs.billing_run_id, clients.customer_id, case when billed.customer_id is null then 'skipped' else 'invoiced' end, 2
from billing.billing_runs as runs
cross join clients
left join (select distinct billing_run_id, customer_id from lines) as billed using (billing_run_id, customer_id);

insert into billing.invoices (
    billing_run_id, customer_id, invoice_number, period_start, period_end, currency, minor_units, collection_method,
    status, subtotal, tax, total, tax_treatment, tax_rate, usage_before_txid, issued_on, due_on, paid_on, voided_on,
    void_reason, waived_on, customer_snapshot, seller_snapshot
)
select
    nets.billing_run_id, nets.customer_id,
    format('INV-%s-%s', to_char(nets.period_start, 'YYYY-MM'), lpad(nets.ordinal::text, 5, '0')), nets.period_start,
    runs.as_of, customers.currency, 2, customers.collection_method, states.status, nets.subtotal,
    round(nets.subtotal * 0.19, 2), nets.subtotal + round(nets.subtotal * 0.19, 2), 'taxed', 0.19, 2, runs.as_of,
    runs.as_of + 30, case when states.status = 'paid' then runs.as_of + 9 end,
    case when states.status = 'void' then runs.as_of + 4 end, case when states.status = 'void' then 'wrong' end,
    case when states.status = 'void' then runs.as_of + 4 end, billing._customer_snapshot(customers), sellers.snapshot
from (
    select
        billing_run_id, period_start, customer_id, sum(amount) as subtotal,
        row_number() over (partition by billing_run_id order by customer_id) as ordinal
    from lines group by billing_run_id, period_start, customer_id
) as nets
inner join billing.billing_runs as runs using (billing_run_id)
inner join billing.customers on nets.customer_id = customers.customer_id
cross join lateral (
    select
        case
            when nets.ordinal % 1000 = 500 then 'void'
            when nets.ordinal % 20 = 0 and nets.period_start >= '2025-06-01' then 'issued'
            else 'paid'
        end as status
) as states
cross join (
    select to_jsonb(s) - array['is_only_row', 'link_secret', 'logo'] as snapshot from billing.seller_profiles as s
) as sellers
order by nets.billing_run_id, nets.ordinal;

insert into billing.invoice_line_items (
    invoice_id, position, minor_units, kind, charge_kind, subscription_id, plan_code, price_id, tier, tier_position,
    description, quantity, unit_amount, gross_amount, amount, service_period_start, service_period_end, tax_treatment,
    tax_rate, tax_name, tax_country, taxed_on, charge_key, service_key
)
select
    invoices.invoice_id, lines.position, 2, lines.kind, lines.kind, lines.subscription_id, lines.plan_code,
    lines.price_id, lines.tier, lines.tier_position, 'A line of it', lines.quantity, lines.unit_amount, lines.amount,
    lines.amount, lines.service_start, lines.service_end, 'taxed', 0.19, 'VAT', 'DE', lines.service_end - 1,
    lines.charge_key, lines.service_key
from lines
inner join billing.invoices using (billing_run_id, customer_id)
order by invoices.invoice_id, lines.position;

insert into billing.invoice_taxes (
    invoice_id, tax_treatment, tax_rate, tax_name, minor_units, taxable, tax, tax_country
)
select invoice_id, 'taxed', 0.19, 'VAT', 2, subtotal, tax, 'DE' from billing.invoices order by invoice_id;

insert into billing.bank_transactions (
    fingerprint, booked_on, entered_on, amount, currency, payer_name, remittance, status, source
)
select
    'B' || invoice_id, issued_on + 9, issued_on + 9, total, currency, 'A payer', invoice_number, 'matched', 'bench'
from billing.invoices where status = 'paid' and collection_method = 'send_invoice' order by invoice_id;

insert into billing.bank_transactions (
    fingerprint, booked_on, entered_on, amount, currency, payer_name, remittance, status, source
)
select 'U' || invoice_id, issued_on + 9, issued_on + 9, total, currency, 'A payer', 'thank you', 'unmatched', 'bench'
from billing.invoices where status = 'issued' and invoice_id % 25 = 0 order by invoice_id;

insert into billing.payments (
    customer_id, amount, currency, minor_units, method, received_on, booked_on, reference, bank_transaction_id
)
select
    invoices.customer_id, invoices.total, invoices.currency, 2,
    case when bank_transactions.bank_transaction_id is null then 'card' else 'bank_transfer' end,
    invoices.issued_on + 9, invoices.issued_on + 9, 'P' || invoices.invoice_id, bank_transactions.bank_transaction_id
from billing.invoices
left join billing.bank_transactions on bank_transactions.fingerprint = 'B' || invoices.invoice_id
where invoices.status = 'paid'
order by invoices.invoice_id;

insert into billing.payment_applications (payment_id, invoice_id, minor_units, amount, applied_on)
select payments.payment_id, substr(payments.reference, 2)::bigint, 2, payments.amount, payments.booked_on
from billing.payments order by payments.payment_id;

-- Credited ten days after it was paid: the card gets 11.90 back, three days later.
create temporary table credited as
select
    invoices.invoice_id, invoices.currency, invoices.issued_on + 19 as on_day, invoices.customer_snapshot,
    invoices.seller_snapshot, payments.payment_id,
    row_number() over (
        partition by date_trunc('month', invoices.issued_on + 19) order by invoices.invoice_id
    ) as ordinal
from billing.payments
inner join billing.invoices on invoices.invoice_id = substr(payments.reference, 2)::bigint
where payments.method = 'card' and invoices.invoice_id % 500 = 3 and payments.amount > 20;

insert into billing.credit_notes (
    invoice_id, minor_units, credit_note_number, currency, subtotal, tax, amount, reason, issued_on, customer_snapshot,
    seller_snapshot
)
select
    invoice_id, 2, format('CN-%s-%s', to_char(on_day, 'YYYY-MM'), lpad(ordinal::text, 5, '0')), currency, 10.00, 1.90,
    11.90, 'goodwill', on_day, customer_snapshot, seller_snapshot
from credited order by invoice_id;

insert into billing.credit_note_line_items (
    credit_note_id, position, minor_units, invoice_id, description, amount, tax_treatment, tax_rate, tax_name, tax,
    tax_country
)
select credit_note_id, 1, 2, invoice_id, 'goodwill', 10.00, 'taxed', 0.19, 'VAT', 1.90, 'DE'
from billing.credit_notes order by credit_note_id;

insert into billing.payment_applications (payment_id, invoice_id, minor_units, amount, applied_on)
select payment_id, invoice_id, 2, -11.90, on_day from credited order by invoice_id;

insert into billing.refunds (
    payment_id, credit_note_id, minor_units, amount, idempotency_key, scheduled_on, state, provider_refund_id, sent_at,
    finished_at
)
select
    credited.payment_id, credit_notes.credit_note_id, 2, 11.90, 'bench-refund-' || credited.invoice_id, credited.on_day,
    'succeeded', 're_' || credited.invoice_id, credited.on_day + 3, credited.on_day + 3
from credited inner join billing.credit_notes using (invoice_id) order by credited.invoice_id;

insert into billing.payment_reversals (payment_id, minor_units, amount, kind, reference, reversed_on, refund_id)
select payment_id, 2, amount, 'refund', provider_refund_id, scheduled_on + 3, refund_id
from billing.refunds order by refund_id;

insert into billing.payment_attempts (
    invoice_id, attempt, idempotency_key, cause, scheduled_on, amount, intent, provider_payment_method_id, state,
    decline_code, sent_at, finished_at
)
select
    invoice_id, 1, 'bench-' || invoice_id, 'issue', issued_on, total, 1, 'pm',
    case when status = 'paid' then 'succeeded' else 'declined' end,
    case when status = 'paid' then null else 'card_declined' end, issued_on, issued_on
from billing.invoices where collection_method = 'charge_automatically' and total > 0 order by invoice_id;

-- Every delivered invoice has a case.
insert into billing.dunning_cases (invoice_id, state, since, reason, day_zero, failure_kind, failure_reason)
select
    invoice_id, case when status = 'issued' then 'manual_review' else 'paid' end,
    coalesce(paid_on, voided_on, issued_on + 44), case when status = 'issued' then 'policy day 14' else 'paid' end,
    case when collection_method = 'send_invoice' then due_on else issued_on end,
    case when status <> 'issued' then null when collection_method = 'send_invoice' then 'none' else 'soft' end,
    case when status = 'issued' and collection_method = 'charge_automatically' then 'card_declined' end
from billing.invoices order by invoice_id;

insert into billing.audit_log (
    entry, recorded_at, business_date, actor, topic, subject, from_state, to_state, reason, previous_hash, hash
)
select
    row_number() over (order by invoices.issued_on + steps.day, invoices.invoice_id), now(),
    invoices.issued_on + steps.day, 'bench', 'dunning', invoices.invoice_number, steps.from_state, steps.to_state,
    'policy', '\x00', '\x00'
from billing.invoices
cross join (
    values
    (33, 'issued', 'reminder_sent'), (37, 'reminder_sent', 'urgent_notice'), (44, 'urgent_notice', 'manual_review')
) as steps (day, from_state, to_state)
where invoices.status = 'issued';

insert into billing.month_closings (period_start, closed_on)
select period_start, as_of + 14 from billing.billing_runs where period_start < '2026-01-01' order by period_start;

insert into billing.document_series (series, last_number)
select left(number, -6), count(*)
from (
    select invoice_number as number from billing.invoices
    union all
    select credit_note_number from billing.credit_notes
) as numbers
group by left(number, -6);

update billing.usage_watermarks set rolled_up_before_txid = 2;

drop table clients, subscribed, lines, credited;

-- As the close of each month would have.
select billing.accrue_weeks();
