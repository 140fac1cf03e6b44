-- Second step of a run, in the transaction of the first: what is about to be numbered is recomputed from raw events by
-- the second path. Customers whose months before may have changed since the run before are recomputed from there on.
create or replace function billing.verify_run(p_period_start date)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set default_statistics_target = 20
as $$
declare
    v_differences text[];
    v_verified bigint;
begin
    create temporary table verified_customers on commit drop as
    select * from billing._customers_to_verify(p_period_start);
    perform billing._recompute(p_period_start);
    select array_agg(format(
        'account %s, %s, %s: billed %s for %s units, recomputed %s for %s',
        differences.account_number,
        differences.service_period,
        differences.charge,
        differences.billed_amount,
        differences.billed_quantity,
        differences.recomputed_amount,
        differences.recomputed_quantity
    ))
    into v_differences
    from billing._told_differences(p_period_start) as differences;

    select coalesce(v_differences, '{}') || coalesce(
        array_agg(format('account %s: %s', differences.account_number, differences.difference)), '{}'
    )
    into v_differences
    from (
        select total_differences.account_number, total_differences.difference
        from billing.total_differences(p_period_start)
        union all
        select taxes.account_number, taxes.difference
        from billing._compare_taxes(p_period_start) as taxes
    ) as differences;
    perform billing._forget_recomputation();

    if cardinality(v_differences) > 0 then
        raise sqlstate 'UB008' using
            message = format(
                '%s drafts of %s differ from their recomputation, nothing was numbered',
                cardinality(v_differences),
                to_char(p_period_start, 'YYYY-MM')
            ),
            detail = array_to_string(v_differences[:50], e'\n'),
            hint = 'Run billing check; if usage roll-ups differ from raw events, roll them up anew.';
    end if;
    select count(*) into v_verified
    from billing.invoices
    where period_start = p_period_start and invoice_number is null;
    return v_verified;
end;
$$;

comment on function billing.verify_run (date)
is 'Recomputes the drafts of the month by the second path; returns how many it verified, raises UB008 with the list if one differs.';
