-- Every line bills a charge, which has a name for ever: what a subscription, a commitment, a discount or a one-off
-- charge owes for a service period. What was billed of it is the sum over its lines. The service period has days of its
-- own, whatever month the run is of; discounts in percent are inside the line.
-- depends: 0049_split_phases_from_subscriptions

set local role billing_owner;

create table billing.discounts (
    discount_id bigint generated always as identity,
    customer_id bigint not null,
    discount_code text not null,
    name text not null,
    percent numeric,
    amount numeric,
    currency text not null,
    minor_units smallint not null,
    starts_on date not null,
    ends_on date,
    plan_codes text[] not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint discounts_pkey primary key (discount_id),
    constraint discount_code_is_unique_in_account unique (customer_id, discount_code),
    constraint discount_has_the_currency_of_its_customer
    foreign key (customer_id, currency) references billing.customers (customer_id, currency),
    constraint discount_minor_units_match_currency
    foreign key (currency, minor_units) references billing.currencies (currency, exponent),
    constraint discount_is_in_percent_or_fixed check (num_nonnulls(percent, amount) = 1),
    constraint percent_is_a_fraction check (percent >= 0 and percent <= 1),
    constraint fixed_discount_has_minor_units
    check (amount >= 0 and amount < 'Infinity' and amount = round(amount, minor_units)),
    constraint discount_ends_after_it_starts check (ends_on >= starts_on)
);
comment on table billing.discounts is 'Discounts of a customer, as loaded from discounts.csv.';
comment on column billing.discounts.percent is 'As a fraction, 0.15 is 15%: off each line of its plans whose first day it covers.';
comment on column billing.discounts.amount is 'In currency units: once a month off what falls due in it, at most that.';
comment on column billing.discounts.ends_on is 'First day that it does not cover; null: open.';
comment on column billing.discounts.plan_codes is 'Plans whose lines it is for; empty: all.';

create table billing.commitments (
    commitment_id bigint generated always as identity,
    customer_id bigint not null,
    commitment_code text not null,
    name text not null,
    minimum numeric,
    maximum numeric,
    currency text not null,
    minor_units smallint not null,
    interval_months integer not null,
    starts_on date not null,
    ends_on date,
    plan_codes text[] not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint commitments_pkey primary key (commitment_id),
    constraint commitment_code_is_unique_in_account unique (customer_id, commitment_code),
    constraint commitment_has_the_currency_of_its_customer
    foreign key (customer_id, currency) references billing.customers (customer_id, currency),
    constraint commitment_minor_units_match_currency
    foreign key (currency, minor_units) references billing.currencies (currency, exponent),
    constraint commitment_has_a_minimum_or_a_maximum check (num_nonnulls(minimum, maximum) > 0),
    constraint minimum_is_not_above_maximum check (minimum <= maximum),
    constraint committed_amounts_have_minor_units check (
        minimum >= 0 and minimum < 'Infinity' and minimum = round(minimum, minor_units)
        and maximum >= 0 and maximum < 'Infinity' and maximum = round(maximum, minor_units)
    ),
    constraint commitment_interval_is_known check (interval_months in (1, 3, 6, 12)),
    constraint commitment_ends_after_it_starts check (ends_on >= starts_on)
);
comment on table billing.commitments
is 'What a customer pays at least, or at most, per period for the lines of its plans, as loaded from commitments.csv.';
comment on column billing.commitments.interval_months
is 'Length of its periods, the first of which begins on the first of the month in which it starts.';
comment on column billing.commitments.ends_on is 'First day that it does not cover; null: open.';
comment on column billing.commitments.plan_codes is 'Plans whose lines count; empty: all, and fixed discounts.';

create table billing.charges (
    charge_id bigint generated always as identity,
    customer_id bigint not null,
    charge_code text not null,
    description text not null,
    quantity numeric not null,
    unit_amount numeric not null,
    currency text not null,
    due_on date not null,
    service_start date,
    service_end date,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint charges_pkey primary key (charge_id),
    constraint charge_code_is_unique_in_account unique (customer_id, charge_code),
    constraint charge_has_the_currency_of_its_customer
    foreign key (customer_id, currency) references billing.customers (customer_id, currency),
    constraint charge_amounts_are_finite check (
        quantity > '-Infinity' and quantity < 'Infinity' and unit_amount > '-Infinity' and unit_amount < 'Infinity'
    ),
    constraint charge_quantity_is_positive check (quantity > 0),
    constraint charge_has_both_service_days_or_none check ((service_start is null) = (service_end is null)),
    constraint charge_service_ends_after_it_starts check (service_end > service_start)
);
comment on table billing.charges is 'One-off charges of a customer, as loaded from charges.csv or booked by hand.';
comment on column billing.charges.unit_amount is 'In currency units, never rounded; below zero: in favour of the customer.';
comment on column billing.charges.due_on is 'Billed by the first run whose month''s last day is on or after it.';
comment on column billing.charges.service_end is 'First day after the service.';

create table billing.contract_changes (
    contract_change_id bigint generated always as identity,
    customer_id bigint not null,
    from_on date not null,
    txid bigint not null default pg_current_xact_id()::text::bigint,
    constraint contract_changes_pkey primary key (contract_change_id),
    constraint contract_changes_customer_id_fkey
    foreign key (customer_id) references billing.customers (customer_id)
);
comment on table billing.contract_changes
is 'From which day on something agreed with a customer was changed: what was billed of it is rated again by the next run.';
comment on column billing.contract_changes.txid is 'Transaction of the change, at most one below the watermark of the first run that saw it: later watermarks have, too.';
create index contract_changes_customer_id_idx on billing.contract_changes (customer_id, txid);
create index contract_changes_txid_idx on billing.contract_changes (txid, customer_id);

alter table billing.invoice_line_items
add column charge_kind text,
add column charge_key text collate "C",
add column service_key text collate "C",
add column discount_id bigint,
add column commitment_id bigint,
add column charge_id bigint,
add column price_id bigint,
add column cell text,
add column gross_amount numeric,
add column taxed_on date;

alter table billing.invoice_line_items
disable trigger user;
update billing.invoice_line_items
set
    charge_kind = case lines.kind when 'late_usage' then 'usage' else lines.kind end,
    service_key = format('s%s/%s', lines.subscription_id, to_char(lines.service_period_start, 'YYYY-MM-DD')),
    charge_key = format(
        's%s/%s/%s/%s',
        lines.subscription_id,
        to_char(lines.service_period_start, 'YYYY-MM-DD'),
        quote_ident(lines.plan_code),
        case
            when lines.kind in ('subscription', 'proration')
                then
                    format(
                        '%s/%s',
                        to_char(greatest(phases.starts_on, lines.service_period_start), 'YYYY-MM-DD'),
                        lines.kind
                    )
            else format(
                '""/%s%s',
                quote_ident(coalesce(lines.tier, '')),
                case when lines.is_tier_flat_amount then '/flat' else '' end
            )
        end
    ),
    price_id = prices.price_id,
    gross_amount = lines.amount,
    taxed_on = lines.service_period_end - 1
from billing.invoice_line_items as lines
inner join billing.subscription_phases as phases using (subscription_id)
left join billing.prices on phases.plan_id = prices.plan_id and prices.valid_from = '-infinity'
where
    invoice_line_items.invoice_id = lines.invoice_id
    and invoice_line_items.position = lines.position;
alter table billing.invoice_line_items
enable trigger user;

alter table billing.invoice_line_items
alter column charge_kind set not null,
alter column charge_key set not null,
alter column service_key set not null,
alter column gross_amount set not null,
alter column taxed_on set not null,
alter column subscription_id drop not null,
alter column plan_code drop not null,
drop constraint line_kind_is_known,
add constraint line_kind_is_known check (
    kind in (
        'usage', 'subscription', 'proration', 'charge', 'discount', 'minimum', 'maximum', 'correction', 'late_usage'
    )
),
add constraint charge_kind_is_known check (
    charge_kind in ('usage', 'subscription', 'proration', 'charge', 'discount', 'minimum', 'maximum')
),
add constraint line_bills_its_charge check (
    kind = charge_kind or kind = 'correction' or (kind = 'late_usage' and charge_kind = 'usage')
),
drop constraint service_period_is_a_month,
add constraint service_period_ends_after_it_starts check (service_period_end > service_period_start),
drop constraint invoice_line_items_subscription_id_fkey,
add constraint line_has_one_source check (
    num_nonnulls(subscription_id, discount_id, commitment_id, charge_id) = 1
),
add constraint gross_amount_has_minor_units check (
    gross_amount = round(gross_amount, minor_units) and gross_amount < 'Infinity'
);
comment on table billing.invoice_line_items
is 'One row per line of an invoice, in the order printed. That what it bills exists is seen to by statement (lines_bill_what_exists).';
comment on column billing.invoice_line_items.kind
is 'What the line is for the reader: the charge itself, or the difference a correction or late usage makes to what was billed of it.';
comment on column billing.invoice_line_items.charge_kind is 'What the charge is, however it is billed.';
comment on column billing.invoice_line_items.charge_key
is 'Names the charge for ever: its service, the plan, the cell and tier or the phase.';
comment on column billing.invoice_line_items.service_key
is 'Names what owes and for which service period: the first part of charge_key.';
comment on column billing.invoice_line_items.price_id is 'The price that was applied; null for what has none.';
comment on column billing.invoice_line_items.cell is 'Name of the price cell of usage; null where the price has but one.';
comment on column billing.invoice_line_items.gross_amount is 'Before discounts in percent, which are inside the line: amount is after them.';
comment on column billing.invoice_line_items.amount is 'Net of tax and of discounts in percent, in currency units.';
comment on column billing.invoice_line_items.taxed_on is 'Day whose tax rate applies to what was not billed before.';
comment on column billing.invoice_line_items.service_period_start
is 'First day of the service period that the line bills.';
comment on column billing.invoice_line_items.service_period_end is 'First day after that service period.';
drop index billing.invoice_line_items_service_period_idx;
create unique index one_line_per_charge_and_invoice
on billing.invoice_line_items (service_key, charge_key, invoice_id);

create table billing.invoice_line_discounts (
    invoice_id bigint not null,
    position integer not null,
    discount_id bigint not null,
    name text not null,
    percent numeric,
    minor_units smallint not null,
    amount numeric not null,
    constraint invoice_line_discounts_pkey primary key (invoice_id, position, discount_id),
    constraint invoice_line_discounts_line_fkey foreign key (invoice_id, position)
    references billing.invoice_line_items (invoice_id, position) on delete cascade,
    constraint line_discount_has_the_minor_units_of_its_invoice
    foreign key (invoice_id, minor_units) references billing.invoices (invoice_id, minor_units) on delete cascade,
    constraint invoice_line_discounts_discount_id_fkey
    foreign key (discount_id) references billing.discounts (discount_id),
    constraint line_discount_is_a_fraction check (percent between 0 and 1),
    constraint line_discount_has_minor_units
    check (amount = round(amount, minor_units) and amount > '-Infinity' and amount < 'Infinity')
);
comment on table billing.invoice_line_discounts
is 'What each discount in percent took off a line: gross_amount less their sum is its amount.';
comment on column billing.invoice_line_discounts.percent is 'As it was when the line was made; null: it is none in percent any more.';
