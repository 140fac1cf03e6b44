-- A clock that is wrong by decades is the usual reason for a far date, and each month of events has a partition, which
-- every check of usage visits: at most 122 of them are made for what comes in. Books are kept for ten years.
create or replace function billing.event_dates(p_now timestamptz)
returns tstzrange
language sql
immutable
parallel safe
security invoker
return tstzrange(
    (date_trunc('month', p_now at time zone 'UTC') - interval '120 months') at time zone 'UTC',
    p_now + interval '24 hours',
    '[]'
);

comment on function billing.event_dates (timestamptz)
is 'When an event may have occurred that comes in at p_now: from ten years back until a day ahead.';
