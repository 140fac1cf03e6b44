-- One line for each month that begins in its days, off what falls due in that month: at most what is left of it. What
-- an earlier one took counts whole for a later one that shares a line with it.
-- Long for the sum over the month and what was taken of it before.
create or replace function billing._take_fixed_discounts(p_until date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place integer;
begin
    for v_place in
        select distinct discounts.place
        from billing.discounts_in_order as discounts
        inner join pg_temp.rating_scopes using (customer_id)
        where discounts.amount is not null
        order by discounts.place
    loop
        insert into pg_temp.rated_charges (
            charge_key, service_key, customer_id, charge_kind, discount_id, is_tier_flat_amount, first_on, quantity,
            unit_amount, gross_amount, amount, minor_units, period_start, period_end, due_on, due_month, taxed_on
        )
        with due as (
            select
                charges.customer_id,
                charges.due_month,
                plans.plan_code,
                sum(charges.amount) as amount
            from pg_temp.rated_charges as charges
            inner join billing.pricing_plans as plans using (plan_id)
            where charges.due_on <= p_until
            group by
                charges.customer_id,
                charges.due_month,
                plans.plan_code
        ),

        months as (
            select
                discounts.discount_id,
                discounts.customer_id,
                discounts.amount as most,
                discounts.minor_units,
                due.due_month,
                sum(due.amount) as amount,
                array_agg(due.plan_code) as plan_codes
            from billing.discounts_in_order as discounts
            inner join pg_temp.rating_scopes as scopes using (customer_id)
            inner join due
                on
                    discounts.customer_id = due.customer_id
                    and (discounts.plan_codes = '{}' or due.plan_code = any(discounts.plan_codes))
            where
                discounts.amount is not null
                and discounts.place = v_place
                and due.due_month >= greatest(discounts.starts_on, scopes.rated_from)
                and due.due_month < coalesce(discounts.ends_on, 'infinity')
            group by
                discounts.discount_id,
                discounts.customer_id,
                discounts.amount,
                discounts.minor_units,
                due.due_month
        ),

        taken as (
            select
                months.discount_id,
                months.due_month,
                least(months.most, months.amount + coalesce(sum(before.amount), 0)) as amount
            from months
            left join (
                select
                    charges.customer_id,
                    charges.due_month,
                    charges.amount,
                    discounts.plan_codes
                from pg_temp.rated_charges as charges
                inner join billing.discounts using (discount_id)
            ) as before
                on
                    months.customer_id = before.customer_id
                    and months.due_month = before.due_month
                    and (before.plan_codes = '{}' or before.plan_codes && months.plan_codes)
            group by
                months.discount_id,
                months.due_month,
                months.most,
                months.amount
        )

        select
            services.service_key || '/discount' as charge_key,
            services.service_key,
            months.customer_id,
            'discount' as charge_kind,
            months.discount_id,
            false as is_tier_flat_amount,
            months.due_month as first_on,
            1 as quantity,
            - taken.amount as unit_amount,
            - taken.amount as gross_amount,
            - taken.amount as amount,
            months.minor_units,
            months.due_month as period_start,
            services.due_on as period_end,
            services.due_on,
            months.due_month,
            services.due_on - 1 as taxed_on
        from months
        inner join taken using (discount_id, due_month)
        cross join lateral (
            select
                billing.service_key('d', months.discount_id, months.due_month) as service_key,
                billing.billing_period_end(months.due_month) as due_on
        ) as services
        where taken.amount > 0;
    end loop;
end;
$$;

comment on function billing._take_fixed_discounts (date)
is 'Ninth step: fixed discounts, a charge below zero for each month of their days.';
