-- Owed charges count, billed or not, whose service period ends in the commitment's; where it names no plans, fixed
-- discounts too. Periods that begin before the scope are not rated whole: who needs them widened the scope.
-- Long for its periods, their sums and both bounds.
create or replace function billing._charge_commitments(p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.rated_charges (
        charge_key, service_key, customer_id, charge_kind, commitment_id, is_tier_flat_amount, first_on, quantity,
        unit_amount, gross_amount, amount, minor_units, period_start, period_end, due_on, due_month, taxed_on
    )
    with sums as (
        select
            periods.commitment_id,
            periods.customer_id,
            periods.period_start,
            periods.period_end,
            periods.covered_days,
            coalesce(sum(charges.amount), 0) as amount
        from billing.commitment_periods(p_until) as periods
        inner join pg_temp.rating_scopes as scopes using (customer_id)
        inner join billing.commitments using (commitment_id)
        left join (
            select
                charged.*,
                plans.plan_code
            from pg_temp.rated_charges as charged
            left join billing.pricing_plans as plans using (plan_id)
            where charged.charge_kind in ('usage', 'subscription', 'proration', 'discount')
        ) as charges
            on
                periods.customer_id = charges.customer_id
                and periods.period_start < charges.period_end
                and periods.period_end >= charges.period_end
                and (commitments.plan_codes = '{}' or charges.plan_code = any(commitments.plan_codes))
        where periods.period_start >= scopes.rated_from
        group by
            periods.commitment_id,
            periods.customer_id,
            periods.period_start,
            periods.period_end,
            periods.covered_days
    )

    select
        billing.service_key('m', sums.commitment_id, sums.period_start) || '/' || bounds.charge_kind as charge_key,
        billing.service_key('m', sums.commitment_id, sums.period_start) as service_key,
        sums.customer_id,
        bounds.charge_kind,
        sums.commitment_id,
        false as is_tier_flat_amount,
        sums.period_start as first_on,
        1 as quantity,
        bounds.amount as unit_amount,
        bounds.amount as gross_amount,
        bounds.amount,
        commitments.minor_units,
        sums.period_start,
        sums.period_end,
        sums.period_end as due_on,
        billing.month_due(sums.period_end) as due_month,
        sums.period_end - 1 as taxed_on
    from sums
    inner join billing.commitments using (commitment_id)
    cross join lateral (
        values
        ('minimum', commitments.minimum, 1),
        ('maximum', commitments.maximum, -1)
    ) as agreed (charge_kind, amount, side)
    cross join lateral (
        select
            agreed.charge_kind,
            billing.prorated_share(
                p_amount => agreed.amount,
                p_active_days => sums.covered_days,
                p_period_days => sums.period_end - sums.period_start,
                p_minor_units => commitments.minor_units
            ) - sums.amount as amount
    ) as bounds
    where bounds.amount * agreed.side > 0;
end;
$$;

comment on function billing._charge_commitments (date)
is 'Last step: what a minimum adds to the charges of its period, and a maximum takes off them.';
