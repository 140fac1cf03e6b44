-- Of the second path: one number, so that the planner knows how many subscriptions share one. Inlined.
create or replace function billing._rhythm(p_interval_months integer, p_anchor_day integer, p_month_number integer)
returns integer
language sql
immutable
parallel safe
security invoker
return (p_interval_months * 100 + p_anchor_day) * 100 + mod(p_month_number, p_interval_months);

comment on function billing._rhythm (integer, integer, integer)
is 'Tells apart in which months (counted from year 0) and on which day of them service periods begin.';
