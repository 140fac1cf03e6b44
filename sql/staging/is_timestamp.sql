-- PostgreSQL 15 has no cast that reports instead of raising; this is exact, so the cast to timestamptz may follow.
-- A time without an offset is none: in which zone it was meant only its sender knows. Years that no event can be of are
-- a broken clock, and would each get a partition.
create or replace function billing.is_timestamp(p_value text)
returns boolean
language sql
immutable
parallel safe
security invoker
return coalesce(
    p_value ~ '^(19[7-9]|2[01]\d)\d-'
    and p_value ~ '^.{10}[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)$'
    and billing.is_date(left(p_value, 10)),
    false
);

comment on function billing.is_timestamp (text)
is 'Whether a text is an ISO 8601 instant with its offset, such as 2026-02-03T10:00:00+01:00, of the years 1970 to 2199.';
