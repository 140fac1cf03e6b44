-- Owed less billed. What was never billed of a service keeps its kind, but usage of an earlier month is late.
-- Long for the two sides of each column.
create or replace function billing._find_due_charges(p_period_start date)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.due_charges
    with services as (
        select
            due.*,
            billed.invoice_id
        from pg_temp.due_services as due
        left join (
            select
                charges.service_key,
                max(charges.invoice_id) as invoice_id
            from pg_temp.billed_charges as charges
            group by charges.service_key
        ) as billed using (service_key)
    ),

    compared as (
        select
            services.customer_id,
            services.invoice_id,
            services.due_month,
            charge_key,
            service_key,
            coalesce(owed.charge_kind, billed.charge_kind) as charge_kind,
            coalesce(owed.subscription_id, billed.subscription_id) as subscription_id,
            coalesce(owed.discount_id, billed.discount_id) as discount_id,
            coalesce(owed.commitment_id, billed.commitment_id) as commitment_id,
            coalesce(owed.charge_id, billed.charge_id) as charge_id,
            coalesce(plans.plan_code, billed.plan_code) as plan_code,
            coalesce(owed.price_id, billed.price_id) as price_id,
            coalesce(owed.cell, billed.cell) as cell,
            case when owed.charge_kind is null then billed.tier else owed.tier end as tier,
            coalesce(owed.tier_position, billed.tier_position) as tier_position,
            coalesce(owed.is_tier_flat_amount, billed.is_tier_flat_amount) as is_tier_flat_amount,
            owed.first_day,
            coalesce(owed.quantity, 0) - coalesce(billed.quantity, 0) as quantity,
            owed.used,
            coalesce(owed.unit_amount, billed.unit_amount) as unit_amount,
            coalesce(owed.gross_amount, 0) - coalesce(billed.gross_amount, 0) as gross_amount,
            coalesce(owed.amount, 0) - coalesce(billed.amount, 0) as amount,
            coalesce(owed.period_start, billed.period_start) as period_start,
            coalesce(owed.period_end, billed.period_end) as period_end,
            coalesce(owed.taxed_on, billed.taxed_on) as taxed_on,
            billed.charge_kind is null as is_new
        from pg_temp.rated_charges as owed
        left join billing.pricing_plans as plans using (plan_id)
        full join pg_temp.billed_charges as billed using (charge_key, service_key)
        inner join services using (service_key)
    )

    select
        compared.charge_key,
        compared.service_key,
        compared.customer_id,
        case
            when compared.charge_kind = 'usage' and compared.due_month < p_period_start then 'late_usage'
            when compared.invoice_id is not null then 'correction'
            else compared.charge_kind
        end as kind,
        compared.charge_kind,
        compared.subscription_id,
        compared.discount_id,
        compared.commitment_id,
        compared.charge_id,
        compared.plan_code,
        compared.price_id,
        compared.cell,
        compared.tier,
        compared.tier_position,
        compared.is_tier_flat_amount,
        compared.first_day,
        shown.quantity,
        compared.used,
        shown.unit_amount,
        compared.gross_amount,
        compared.amount,
        compared.period_start,
        compared.period_end,
        compared.taxed_on,
        invoices.invoice_number as corrects
    from compared
    left join billing.invoices using (invoice_id)
    cross join lateral (
        select compared.charge_kind in ('proration', 'discount', 'minimum', 'maximum') as is_sum
    ) as kinds
    cross join lateral (
        select
            case when kinds.is_sum then 1 else compared.quantity end as quantity,
            case when kinds.is_sum then compared.gross_amount else compared.unit_amount end as unit_amount
    ) as shown
    where
        compared.is_new
        or compared.amount <> 0
        or (compared.quantity <> 0 and not kinds.is_sum);
end;
$$;

comment on function billing._find_due_charges (date)
is 'What a run bills: of each charge what is owed and not billed yet, and what was billed and is not owed.';
