-- Makes the session's staging tables once, and empties them for each batch: a table made per batch would bloat the
-- catalog. incoming_events takes the COPY; the others carry what the steps of ingest_events find.
create or replace function billing.begin_event_batch()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regclass('pg_temp.incoming_events') is null then
        create temporary table incoming_events (
            line bigint not null, event_id text, account_number text, metric text, quantity text, occurred_at text,
            properties text, unreadable_column text, unreadable_value text, unreadable_expected text
        ) on commit delete rows;
        create temporary table incoming_event_problems (
            line bigint not null, outcome text not null, column_name text not null, value text, expected text not null
        ) on commit delete rows;
        create temporary table checked_events (
            line bigint not null, customer_id bigint not null, event_key uuid not null, event_id text not null,
            metric_id integer not null, metric text not null, quantity numeric not null,
            occurred_at timestamptz not null, properties jsonb, is_first boolean not null
        ) on commit delete rows;
        create temporary table standing_events (
            customer_id bigint not null, event_key uuid not null, metric_id integer not null, quantity numeric not null,
            occurred_at timestamptz not null
        ) on commit delete rows;
        create temporary table new_events (
            customer_id bigint not null, event_key uuid not null
        ) on commit delete rows;
        grant insert on pg_temp.incoming_events to public;
    end if;
    perform billing.require_event_staging();
    perform billing._require_current_transaction_ids();
    delete from pg_temp.incoming_events;
    delete from pg_temp.incoming_event_problems;
    delete from pg_temp.checked_events;
    delete from pg_temp.standing_events;
    delete from pg_temp.new_events;
end;
$$;

comment on function billing.begin_event_batch ()
is 'Prepares pg_temp.incoming_events for COPY: one row per event, its fields as text, up to about 10,000 rows.';
