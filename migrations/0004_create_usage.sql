-- Usage: raw events by month, their exact daily roll-up, and everything that was not taken in.
-- An event's name is unique by an index in each partition, not by a primary key of the parent: so the time is not
-- part of the name, and the same name at another time of the month is caught. pg_partman keeps such indexes through
-- its template table, for which billing_events_template is the pattern. There is no foreign key to customers: it
-- would cost more than the insert itself, customers are never deleted, and ingest joins them anyway.
-- depends: 0003_create_catalog

set local role billing_owner;

create table billing.billing_events (
    customer_id bigint not null,
    occurred_at timestamptz not null,
    txid bigint not null default pg_current_xact_id()::text::bigint,
    event_key uuid not null,
    metric_id integer not null,
    quantity numeric not null,
    event_id text,
    properties jsonb,
    constraint event_quantity_is_a_count check (
        quantity >= 0 and quantity < 1e15 and quantity = round(quantity, 6)
    )
) partition by range (occurred_at);

comment on table billing.billing_events is 'Raw usage events, one row each, in monthly partitions (UTC months).';
comment on column billing.billing_events.event_key
is 'The event_id itself where it is a UUID, else the first 16 bytes of its SHA-256.';
comment on column billing.billing_events.event_id is 'The name the customer''s system gave the event; null: event_key is it.';
comment on column billing.billing_events.txid is 'Transaction that stored the event; the roll-up proceeds in this order.';

create index billing_events_txid_idx on billing.billing_events using brin (txid);

create table billing.billing_events_template (like billing.billing_events including defaults);
create unique index billing_events_template_name_key on billing.billing_events_template (customer_id, event_key);
comment on table billing.billing_events_template
is 'Always empty: the indexes each partition of billing_events gets, also from pg_partman (template table).';

create table billing.billing_events_default partition of billing.billing_events default;
create unique index billing_events_default_name_key on billing.billing_events_default (customer_id, event_key);
comment on table billing.billing_events_default
is 'Events of months that have no partition yet; moved out by billing.maintain_partitions().';

create table billing.daily_usage (
    customer_id bigint not null,
    metric_id integer not null,
    usage_day date not null,
    quantity numeric not null,
    events bigint not null,
    constraint daily_usage_pkey primary key (customer_id, metric_id, usage_day),
    constraint daily_usage_customer_id_fkey foreign key (customer_id) references billing.customers (customer_id),
    constraint daily_usage_metric_id_fkey foreign key (metric_id) references billing.metrics (metric_id),
    constraint daily_usage_counts_events check (events > 0 and quantity >= 0)
);

comment on table billing.daily_usage
is 'Exact sum of the events of a customer and metric on a day of the billing time zone.';
create index daily_usage_usage_day_idx on billing.daily_usage (usage_day);

create table billing.usage_months (
    customer_id bigint not null,
    usage_month date not null,
    last_txid bigint not null,
    constraint usage_months_pkey primary key (customer_id, usage_month),
    constraint usage_months_customer_id_fkey foreign key (customer_id) references billing.customers (customer_id),
    constraint usage_month_starts_on_the_first check (extract(day from usage_month) = 1)
);

comment on table billing.usage_months
is 'Newest event counted into daily_usage for a customer and month: finds late usage without reading every day.';

create table billing.usage_watermarks (
    is_only_row boolean not null default true,
    rolled_up_before_txid bigint not null,
    constraint usage_watermarks_pkey primary key (is_only_row),
    constraint there_is_one_watermark check (is_only_row)
);

comment on table billing.usage_watermarks
is 'Events with a txid below rolled_up_before_txid are in daily_usage; the others are not yet.';
insert into billing.usage_watermarks (rolled_up_before_txid) values (0);

create table billing.event_conflicts (
    event_conflict_id bigint generated always as identity,
    customer_id bigint not null,
    event_id text not null,
    metric text not null,
    quantity numeric not null,
    occurred_at timestamptz not null,
    properties jsonb,
    standing_metric text not null,
    standing_quantity numeric not null,
    standing_occurred_at timestamptz not null,
    source text not null,
    line bigint not null,
    received_at timestamptz not null default now(),
    constraint event_conflicts_pkey primary key (event_conflict_id),
    constraint one_conflict_per_version unique (customer_id, event_id, metric, quantity, occurred_at),
    constraint event_conflicts_customer_id_fkey foreign key (customer_id) references billing.customers (customer_id)
);

comment on table billing.event_conflicts
is 'Events that came again under the same name with another quantity, metric or time. The first stands; these are never billed.';

create table billing.rejected_events (
    rejected_event_id bigint generated always as identity,
    source text not null,
    line bigint not null,
    event_id text,
    account_number text,
    metric text,
    quantity text,
    occurred_at text,
    properties text,
    content_sha256 bytea not null,
    column_name text not null,
    value text,
    expected text not null,
    received_at timestamptz not null default now(),
    accepted_at timestamptz,
    constraint rejected_events_pkey primary key (rejected_event_id)
);

comment on table billing.rejected_events is 'Events that could not be taken in, as they came, with the reason.';
comment on column billing.rejected_events.accepted_at is 'When a later try took the event in; null: still rejected.';
comment on column billing.rejected_events.content_sha256
is 'Of all six fields as they came: the same bad row again is no second row.';
create unique index rejected_events_content_key on billing.rejected_events (content_sha256)
where accepted_at is null;
