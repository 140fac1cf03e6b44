-- An event that meets an error of the moment stays in the inbox and is tried again; one that fails for good says so in
-- a column of its own. Earlier versions called both "failed", so that a payment that had met a lock was never booked.
-- depends: 0016_require_the_landed_past

set local role billing_owner;

alter table billing.webhook_events
add column tries integer not null default 0,
add column last_error text,
add column failed_at timestamptz,
add constraint failed_events_were_processed check (failed_at is null or processed_at is not null),
add constraint events_tried_in_vain_say_why check ((tries = 0) = (last_error is null));

comment on column billing.webhook_events.tries
is 'How often it met an error of the moment, such as a lock; those tried least come first.';
comment on column billing.webhook_events.last_error is 'The last error of the moment that it met.';
comment on column billing.webhook_events.failed_at
is 'When it failed for good; sent or fetched once more, it is processed once more.';

update billing.webhook_events
set
    processed_at = null,
    outcome = null
where outcome ~ concat(
    '^failed: (canceling statement due to|could not obtain lock|deadlock detected|could not serialize|',
    'out of memory|out of shared memory|could not (extend|write|read|open|create) |No space left|',
    'sorry, too many|remaining connection slots|too many connections|terminating connection|',
    'the database system is |cannot execute .* in a read-only)'
);
update billing.webhook_events
set failed_at = processed_at
where outcome like 'failed:%' and outcome <> 'failed: what it refers to never came';
