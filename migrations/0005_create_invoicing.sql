-- Runs, invoices and their lines. An invoice is a draft until its run closes; the close numbers it and freezes it
-- (guards in sql/guards), a worker renders and issues it.
-- minor_units rides along through composite keys, so that every amount can be checked against its currency.
-- depends: 0004_create_usage

set local role billing_owner;

create table billing.billing_runs (
    billing_run_id bigint generated always as identity,
    period_start date not null,
    as_of date not null,
    started_at timestamptz not null default clock_timestamp(),
    verified_at timestamptz,
    closed_at timestamptz,
    finished_at timestamptz,
    constraint billing_runs_pkey primary key (billing_run_id),
    constraint one_run_per_period unique (period_start),
    constraint period_starts_on_the_first check (extract(day from period_start) = 1),
    constraint run_finishes_with_its_close check ((closed_at is null) = (finished_at is null))
);

comment on table billing.billing_runs
is 'One row per billed month. Running it again resumes it, or bills the customers that were parked or new.';
comment on column billing.billing_runs.as_of is 'Business date of the latest run of the month: the date of issue of its invoices.';
comment on column billing.billing_runs.closed_at is 'First close: from then on later events of the month are late usage.';

create table billing.billing_run_customers (
    billing_run_id bigint not null,
    customer_id bigint not null,
    outcome text not null,
    reason text,
    usage_before_txid bigint not null,
    constraint billing_run_customers_pkey primary key (billing_run_id, customer_id),
    constraint billing_run_customers_billing_run_id_fkey
    foreign key (billing_run_id) references billing.billing_runs (billing_run_id),
    constraint billing_run_customers_customer_id_fkey
    foreign key (customer_id) references billing.customers (customer_id),
    constraint outcome_is_known check (outcome in ('invoiced', 'skipped', 'parked')),
    constraint parked_customers_have_a_reason check ((outcome = 'parked') = (reason is not null))
);

comment on table billing.billing_run_customers is 'What a run made of each customer.';
comment on column billing.billing_run_customers.usage_before_txid
is 'The run saw the events with a txid below this one; what came later is late usage.';
create index billing_run_customers_customer_id_idx on billing.billing_run_customers (customer_id);

create table billing.document_series (
    series text not null,
    last_number integer not null,
    constraint document_series_pkey primary key (series),
    constraint numbers_start_at_one check (last_number >= 0)
);

comment on table billing.document_series
is 'Last number given in each series, such as INV-2026-02; the row is locked while numbers are given, so there are no gaps.';

create table billing.invoices (
    invoice_id bigint generated always as identity,
    billing_run_id bigint not null,
    customer_id bigint not null,
    invoice_number text,
    period_start date not null,
    period_end date not null,
    currency text not null,
    minor_units smallint not null,
    collection_method text not null,
    status text not null default 'draft',
    subtotal numeric not null,
    tax numeric not null,
    total numeric not null,
    tax_treatment text not null,
    tax_rate numeric not null,
    usage_before_txid bigint not null,
    issued_on date,
    due_on date,
    paid_on date,
    voided_on date,
    void_reason text,
    customer_snapshot jsonb,
    seller_snapshot jsonb,
    created_at timestamptz not null default now(),
    constraint invoices_pkey primary key (invoice_id),
    constraint invoice_has_one_minor_unit unique (invoice_id, minor_units),
    constraint invoice_number_is_unique unique (invoice_number),
    constraint invoices_billing_run_id_fkey
    foreign key (billing_run_id) references billing.billing_runs (billing_run_id),
    constraint invoices_customer_id_fkey foreign key (customer_id) references billing.customers (customer_id),
    constraint invoice_minor_units_match_currency
    foreign key (currency, minor_units) references billing.currencies (currency, exponent),
    constraint invoice_period_is_a_month check (
        extract(day from period_start) = 1 and period_end = (period_start + interval '1 month')::date
    ),
    constraint invoice_collection_method_is_known check (collection_method in ('charge_automatically', 'send_invoice')),
    constraint status_is_known check (status in ('draft', 'issued', 'paid', 'void')),
    constraint issued_invoices_are_numbered check (status = 'draft' or invoice_number is not null),
    constraint numbered_invoices_are_dated check (
        (invoice_number is null) = (issued_on is null)
        and (invoice_number is null) = (due_on is null)
        and (invoice_number is null) = (customer_snapshot is null)
        and (invoice_number is null) = (seller_snapshot is null)
    ),
    constraint due_on_is_not_before_issue check (due_on >= issued_on),
    constraint paid_on_matches_status check ((paid_on is not null) = (status = 'paid')),
    constraint voided_on_matches_status check (
        (voided_on is not null) = (status = 'void') and (void_reason is not null) = (status = 'void')
    ),
    constraint invoice_amounts_have_minor_units check (
        subtotal = round(subtotal, minor_units) and tax = round(tax, minor_units) and total = round(total, minor_units)
    ),
    constraint total_is_subtotal_plus_tax check (total = subtotal + tax),
    constraint invoice_tax_treatment_is_known check (tax_treatment in ('taxed', 'reverse_charge', 'no_tax')),
    constraint untaxed_invoices_have_rate_zero check (tax_treatment = 'taxed' or tax_rate = 0)
);

comment on table billing.invoices is 'One row per customer and month with at least one line.';
comment on column billing.invoices.period_end is 'First day after the period.';
comment on column billing.invoices.status
is 'draft (numbered or not yet) -> issued -> paid or void. Overdue is issued and past due_on: a matter of the date, not stored.';
comment on column billing.invoices.customer_snapshot is 'The addressee as of numbering; what the invoice shows for ever.';
comment on column billing.invoices.tax_rate is 'Rate of the invoice''s own period; late usage may carry another (invoice_taxes).';
comment on column billing.invoices.usage_before_txid is 'Events with a txid below this one were seen when the invoice was drafted.';

create table billing.invoice_transitions (
    from_status text not null,
    to_status text not null,
    constraint invoice_transitions_pkey primary key (from_status, to_status)
);

comment on table billing.invoice_transitions is 'The changes of status an invoice can make; all others are refused.';
insert into billing.invoice_transitions (from_status, to_status) values
('draft', 'issued'), ('issued', 'paid'), ('issued', 'void'), ('paid', 'issued');

create unique index one_invoice_per_customer_and_period
on billing.invoices (customer_id, period_start) where status <> 'void';
create index invoices_billing_run_id_idx on billing.invoices (billing_run_id);
create index invoices_period_start_idx on billing.invoices (period_start, customer_id);
create index invoices_open_due_on_idx on billing.invoices (status, due_on) where status = 'issued';

create table billing.invoice_line_items (
    invoice_id bigint not null,
    position integer not null,
    minor_units smallint not null,
    kind text not null,
    subscription_id bigint not null,
    plan_code text not null,
    tier text,
    tier_position integer,
    is_tier_flat_amount boolean not null default false,
    description text not null,
    quantity numeric not null,
    unit_amount numeric not null,
    amount numeric not null,
    service_period_start date not null,
    service_period_end date not null,
    tax_treatment text not null,
    tax_rate numeric not null,
    tax_name text not null,
    constraint invoice_line_items_pkey primary key (invoice_id, position),
    constraint line_has_the_minor_units_of_its_invoice
    foreign key (invoice_id, minor_units) references billing.invoices (invoice_id, minor_units) on delete cascade,
    constraint invoice_line_items_subscription_id_fkey
    foreign key (subscription_id) references billing.subscriptions (subscription_id),
    constraint line_kind_is_known check (kind in ('usage', 'late_usage', 'subscription', 'proration')),
    constraint line_amount_has_minor_units check (amount = round(amount, minor_units)),
    constraint line_positions_start_at_one check (position > 0),
    constraint service_period_is_a_month check (
        extract(day from service_period_start) = 1
        and service_period_end = (service_period_start + interval '1 month')::date
    ),
    constraint line_tax_treatment_is_known check (tax_treatment in ('taxed', 'reverse_charge', 'no_tax')),
    constraint line_tax_rate_is_a_fraction check (tax_rate >= 0 and tax_rate < 1)
);

comment on table billing.invoice_line_items is 'One row per line of an invoice, in the order printed.';
comment on column billing.invoice_line_items.quantity is 'Units, or packages, or 1 for a tier''s flat amount; negative where late usage moves units to another tier.';
comment on column billing.invoice_line_items.service_period_start is 'Month in which the line''s service was used; earlier than the invoice''s for late usage.';
create index invoice_line_items_service_period_idx
on billing.invoice_line_items (service_period_start, subscription_id);

create table billing.invoice_taxes (
    invoice_id bigint not null,
    tax_treatment text not null,
    tax_rate numeric not null,
    tax_name text not null,
    minor_units smallint not null,
    taxable numeric not null,
    tax numeric not null,
    constraint invoice_taxes_pkey primary key (invoice_id, tax_treatment, tax_rate, tax_name),
    constraint tax_has_the_minor_units_of_its_invoice
    foreign key (invoice_id, minor_units) references billing.invoices (invoice_id, minor_units) on delete cascade,
    constraint tax_is_rounded_once check (tax = round(taxable * tax_rate, minor_units))
);

comment on table billing.invoice_taxes is 'Tax of an invoice, one row per rate, rounded once on the sum of its lines.';

create table billing.documents (
    document_id bigint generated always as identity,
    invoice_id bigint not null,
    pdf bytea,
    pdf_sha256 bytea,
    rendered_at timestamptz,
    claimed_by text,
    claim_expires_at timestamptz,
    claimed_pid integer,
    attempts integer not null default 0,
    failed_at timestamptz,
    last_error text,
    constraint documents_pkey primary key (document_id),
    constraint one_document_per_invoice unique (invoice_id),
    constraint documents_invoice_id_fkey foreign key (invoice_id) references billing.invoices (invoice_id),
    constraint rendered_documents_are_complete check (
        (pdf is null) = (rendered_at is null) and (pdf is null) = (pdf_sha256 is null)
    ),
    constraint document_matches_its_hash check (pdf_sha256 = sha256(pdf)),
    constraint claim_has_an_end check (
        (claimed_by is null) = (claim_expires_at is null) and (claimed_by is null) = (claimed_pid is null)
    ),
    constraint failures_have_a_reason check ((failed_at is null) = (last_error is null)),
    constraint rendered_documents_are_not_claimed check (pdf is null or claimed_by is null)
);

comment on table billing.documents is 'The PDF of each numbered invoice, and the queue of those still to render.';
comment on column billing.documents.claimed_pid
is 'Server process of the claiming worker: when it is gone, so is the claim.';
comment on column billing.documents.attempts is 'Counts claims; the count a worker got with its claim is its fencing token.';
create index documents_claimable_idx on billing.documents (document_id) where pdf is null;
