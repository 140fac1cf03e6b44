-- Which batches of events have ended since a session looked for the names of its own, and which months they brought.
-- depends: 0039_take_reports_from_analysts

set local role billing_owner;

create table billing.event_batches (
    event_batch_id bigint generated always as identity,
    occurred tstzrange not null,
    constraint event_batches_pkey primary key (event_batch_id),
    constraint event_batch_is_of_some_time check (
        not isempty(occurred) and lower(occurred) is not null and upper(occurred) is not null
    )
);

comment on table billing.event_batches
is 'Batches of events that brought something new, in the order in which their transactions ended.';
comment on column billing.event_batches.event_batch_id
is 'Given while the lock ''event names'' is held to the end of the transaction: whoever sees one sees all before it.';
comment on column billing.event_batches.occurred is 'From the first to the last moment at which its events occurred.';

insert into billing.locks (name) values ('event names');
