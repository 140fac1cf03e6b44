-- The staircase: each step is one set statement over all customers of rating_scopes, into a table of its own, and the
-- next one reads it. A scope says from which day on a customer is rated: service periods that end after it are, up to
-- what falls due by p_until. What they owe does not depend on what was billed of them.
create or replace function billing.rate(p_until date, p_used_until date default null)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
set jit = off
set default_statistics_target = 20
as $$
begin
    perform billing.require_rating();
    analyze pg_temp.rating_scopes;
    perform billing._widen_scopes(p_until);
    analyze pg_temp.rating_scopes;
    perform billing._cut_segments(p_until, p_used_until);
    analyze pg_temp.rated_segments;
    perform billing._find_periods();
    analyze pg_temp.rated_periods;
    perform billing._find_prices();
    analyze pg_temp.rated_prices;
    perform billing._sum_usage(p_until);
    analyze pg_temp.rated_quantities;
    perform billing._charge_usage();
    perform billing._charge_fees();
    perform billing._charge_once(p_until);
    analyze pg_temp.rated_charges (charge_key, service_key, customer_id, plan_id, due_month, period_end, first_on);
    perform billing._take_percent_discounts();
    perform billing._take_fixed_discounts(p_until);
    perform billing._charge_commitments(p_until);
end;
$$;

comment on function billing.rate (date, date)
is 'Rates the customers of pg_temp.rating_scopes: what each of their service periods owes, as far as it is due by p_until, into pg_temp.rated_charges and the tables of the steps before; usage of days before p_used_until alone, where it is given.';
