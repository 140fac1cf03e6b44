-- Second path, step 6 of 6: rule 10. Lines count by the end of their service period, whenever they are due.
-- A run of an earlier month that was run again may have seen more usage than the run that settles the commitment: then
-- the next run bills it, and until then nothing is said of it.
-- Long for the two sides of a commitment.
create or replace function billing._recompute_commitments()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table recomputed_bounds on commit drop as
    with used as (
        select
            commitments.commitment_id,
            commitments.starts_on,
            sum(charges.amount) as amount,
            max(services.before_txid) as before_txid
        from pg_temp.recomputed_commitments as commitments
        inner join pg_temp.recomputed_charges as charges
            on
                commitments.customer_id = charges.customer_id
                and commitments.starts_on < charges.period_end
                and commitments.ends_on >= charges.period_end
                and case
                    when commitments.plan_codes = '{}' then charges.kind <> 'charge'
                    else charges.plan_code = any (commitments.plan_codes)
                end
        inner join pg_temp.recomputed_services as services using (service_key)
        group by commitments.commitment_id, commitments.starts_on
    )

    select
        commitments.*,
        format('m%s/%s', commitments.commitment_id, to_char(commitments.starts_on, 'YYYY-MM-DD')) as service_key,
        months.month as due_month,
        case when used.before_txid > months.before_txid then null else months.before_txid end as before_txid,
        coalesce(used.amount, 0) as used,
        customers.minor_units,
        customers.half
    from pg_temp.recomputed_commitments as commitments
    inner join pg_temp.recomputed_customers as customers using (customer_id)
    inner join pg_temp.recomputed_months as months
        on
            commitments.customer_id = months.customer_id
            and commitments.ends_on - interval '1 month' = months.month
    left join used using (commitment_id, starts_on);

    insert into pg_temp.recomputed_services (
        service_key, customer_id, starts_on, ends_on, due_month, before_txid, taxed_on, is_movable
    )
    select
        service_key,
        customer_id,
        starts_on,
        ends_on,
        due_month,
        before_txid,
        ends_on - 1,
        false
    from pg_temp.recomputed_bounds;
    insert into pg_temp.recomputed_charges (
        service_key, charge_key, kind, customer_id, period_end, due_month, quantity, gross_amount, amount
    )
    select
        bounds.service_key,
        bounds.service_key || '/' || sides.kind,
        sides.kind,
        bounds.customer_id,
        bounds.ends_on,
        bounds.due_month,
        null,
        sides.amount,
        sides.amount
    from pg_temp.recomputed_bounds as bounds
    cross join lateral (
        select
            billing._rounded(
                round(bounds.minimum * bounds.days, 40) / (bounds.ends_on - bounds.starts_on),
                bounds.minor_units,
                bounds.half
            ) as minimum,
            billing._rounded(
                round(bounds.maximum * bounds.days, 40) / (bounds.ends_on - bounds.starts_on),
                bounds.minor_units,
                bounds.half
            ) as maximum
    ) as prorated
    cross join lateral (
        values
        ('minimum', greatest(0, prorated.minimum - bounds.used)),
        ('maximum', least(0, prorated.maximum - bounds.used))
    ) as sides (kind, amount)
    where sides.amount <> 0;
end;
$$;

comment on function billing._recompute_commitments ()
is 'Adds what minimums and maximums come to, over the recomputed charges of their whole period.';
