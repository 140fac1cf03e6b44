-- Second path, step 5 of 6: rules 8 and 9, one discount after the other in order of code. Each pass of a loop is the
-- first, second, … discount of every customer at once.
-- A fixed discount finds what those before it took, if they share a line of the month with it.
-- Long for the two kinds.
create or replace function billing._recompute_discounts()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place bigint;
begin
    create temporary table recomputed_discounts on commit drop as
    select
        discounts.discount_id,
        discounts.customer_id,
        discounts.percent,
        discounts.amount,
        discounts.plan_codes,
        daterange(discounts.starts_on, discounts.ends_on) as days,
        row_number() over (
            partition by discounts.customer_id
            order by discounts.discount_code collate "C"
        ) as place
    from billing.discounts
    inner join pg_temp.recomputed_customers using (customer_id);
    analyze pg_temp.recomputed_discounts;

    for v_place in
        select distinct place from pg_temp.recomputed_discounts where percent is not null order by place
    loop
        update pg_temp.recomputed_charges
        set
            amount = recomputed_charges.amount
            - billing._rounded(recomputed_charges.amount * discounts.percent, customers.minor_units, customers.half)
        from pg_temp.recomputed_discounts as discounts
        inner join pg_temp.recomputed_customers as customers using (customer_id)
        where
            discounts.place = v_place
            and discounts.percent is not null
            and recomputed_charges.customer_id = discounts.customer_id
            and recomputed_charges.kind <> 'charge'
            and discounts.days @> recomputed_charges.first_on
            and (discounts.plan_codes = '{}' or recomputed_charges.plan_code = any (discounts.plan_codes));
    end loop;

    create temporary table recomputed_fixed on commit drop as
    select
        discounts.*,
        months.month,
        months.before_txid,
        format('d%s/%s', discounts.discount_id, to_char(months.month, 'YYYY-MM-DD')) as service_key,
        null::numeric as taken
    from pg_temp.recomputed_discounts as discounts
    inner join pg_temp.recomputed_months as months
        on discounts.customer_id = months.customer_id and discounts.days @> months.month
    where discounts.amount is not null;
    create temporary table recomputed_scopes on commit drop as
    select fixed.service_key, fixed.customer_id, fixed.month, fixed.place, charges.charge_key, charges.amount
    from pg_temp.recomputed_fixed as fixed
    inner join pg_temp.recomputed_charges as charges
        on
            fixed.customer_id = charges.customer_id
            and fixed.month = charges.due_month
            and charges.kind <> 'charge'
            and (fixed.plan_codes = '{}' or charges.plan_code = any (fixed.plan_codes));
    analyze pg_temp.recomputed_fixed, pg_temp.recomputed_scopes;

    for v_place in
        select distinct place from pg_temp.recomputed_fixed order by place
    loop
        with scopes as (
            select service_key, sum(amount) as amount
            from pg_temp.recomputed_scopes
            where place = v_place
            group by service_key
        ),

        shared as (
            select distinct own.service_key, earlier.service_key as earlier_key
            from pg_temp.recomputed_scopes as own
            inner join pg_temp.recomputed_scopes as earlier using (charge_key)
            where own.place = v_place and earlier.place < v_place
        ),

        taken_before as (
            select shared.service_key, sum(earlier.taken) as amount
            from shared
            inner join pg_temp.recomputed_fixed as earlier on shared.earlier_key = earlier.service_key
            group by shared.service_key
        )

        update pg_temp.recomputed_fixed
        set taken = least(
            recomputed_fixed.amount, greatest(0, scopes.amount - coalesce(taken_before.amount, 0))
        )
        from scopes
        left join taken_before using (service_key)
        where recomputed_fixed.service_key = scopes.service_key;
    end loop;

    insert into pg_temp.recomputed_services (
        service_key, customer_id, starts_on, ends_on, due_month, before_txid, taxed_on, is_movable
    )
    select
        service_key,
        customer_id,
        month,
        month + interval '1 month',
        month,
        before_txid,
        month + interval '1 month' - interval '1 day',
        false
    from pg_temp.recomputed_fixed;
    insert into pg_temp.recomputed_charges (
        service_key, charge_key, kind, customer_id, period_end, due_month, quantity, gross_amount, amount
    )
    select
        service_key, service_key || '/discount', 'discount', customer_id, month + interval '1 month', month, null,
        -taken, -taken
    from pg_temp.recomputed_fixed
    where taken > 0;
end;
$$;

comment on function billing._recompute_discounts ()
is 'Takes discounts in percent off the recomputed charges, and adds the fixed ones.';
