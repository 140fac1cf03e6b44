create or replace function billing.service_key(p_source text, p_source_id bigint, p_period_start date)
returns text
language sql
stable
parallel safe
security invoker
return p_source || p_source_id || coalesce('/' || billing.iso_day(p_period_start), '');

comment on function billing.service_key (text, bigint, date)
is 'Names what owes and for which service period: a subscription (s), discount (d) or commitment (m) and the period''s first day, or a one-off charge (c).';
