-- Some charges are sums over others: a fixed discount over what falls due in its month, a commitment over what ends in
-- its period. Where one of them is rated, so is all it sums: a customer with fixed discounts from before the months in
-- which fees in advance fell due, one with commitments from the beginning of those that are due. A scope too wide costs
-- time, not money.
create or replace function billing._widen_scopes(p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    update pg_temp.rating_scopes as scopes
    set rated_from = date_trunc('month', scopes.rated_from::timestamp)::date
    where extract(day from scopes.rated_from) <> 1;
    update pg_temp.rating_scopes as scopes
    set rated_from = (scopes.rated_from - make_interval(months => advance.months + 1))::date
    from (
        select
            subscriptions.customer_id,
            max(subscriptions.interval_months) as months
        from billing.subscriptions
        where
            subscriptions.billed_in = 'advance'
            and exists (
                select from billing.discounts
                where discounts.customer_id = subscriptions.customer_id and discounts.amount is not null
            )
        group by subscriptions.customer_id
    ) as advance
    where scopes.customer_id = advance.customer_id;
    update pg_temp.rating_scopes as scopes
    set rated_from = least(scopes.rated_from, begun.first_day)
    from (
        select
            periods.customer_id,
            min(periods.period_start) as first_day
        from billing.commitment_periods(p_until) as periods
        inner join pg_temp.rating_scopes as rated using (customer_id)
        where periods.period_end > rated.rated_from
        group by periods.customer_id
    ) as begun
    where scopes.customer_id = begun.customer_id;
end;
$$;

comment on function billing._widen_scopes (date)
is 'Lets the scopes begin early enough for all that fixed discounts and commitments sum.';
