-- What changes of a service that a standing invoice bills is billed as a correction by the next month to run; of any
-- other by the month in which it falls due, or by the next one if that is over. A void invoice's month is run again
-- first.
-- Long for the columns that make a line readable.
create or replace function billing.changed_charges()
returns table (
    account_number text,
    currency text,
    invoice_number text,
    service_key text,
    charge_key text,
    period_start date,
    service_period text,
    description text,
    quantity_before numeric,
    quantity_after numeric,
    due_on date,
    billed_in date,
    owed_before numeric,
    owed_after numeric,
    difference numeric
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_last_run constant date := (select max(runs.period_start) from billing.billing_runs as runs);
begin
    perform billing.require_staging(array['owed_scopes', 'owed_before']);
    perform billing._rate_owed_scopes();
    return query
    with changed as materialized (
        select
            coalesce(earlier.charge_key, later.charge_key) as charge_key,
            earlier.quantity as quantity_before,
            later.quantity as quantity_after,
            coalesce(earlier.amount, 0) as owed_before,
            coalesce(later.amount, 0) as owed_after
        from pg_temp.owed_before as earlier
        full join pg_temp.rated_charges as later on earlier.charge_key = later.charge_key
        where coalesce(earlier.amount, 0) <> coalesce(later.amount, 0)
    ),

    named as (
        select distinct on (sides.charge_key) sides.*
        from (
            select
                rated.*,
                1 as place
            from pg_temp.rated_charges as rated
            union all
            select
                noted.*,
                2 as place
            from pg_temp.owed_before as noted
        ) as sides
        where sides.charge_key in (select changed.charge_key from changed)
        order by sides.charge_key asc, sides.place asc
    )

    select
        customers.account_number,
        customers.currency,
        latest.invoice_number,
        named.service_key::text,
        named.charge_key::text,
        named.period_start,
        billing.days_text(named.period_start, named.period_end) as service_period,
        case
            when named.charge_kind = 'usage' then billing._usage_description(
                p_plan_name => plans.name,
                p_cell => named.cell,
                p_tier => named.tier,
                p_is_tier_flat_amount => named.is_tier_flat_amount,
                p_package_size => prices.package_size,
                p_used => named.used
            )
            else coalesce(plans.name, once.description, discounts.name, commitments.name)
        end
        || case
            when named.charge_kind = 'proration' then billing._proration_note(
                p_days => named.tier,
                p_unused_from => case
                    when
                        latest.invoice_number is not null
                        and named.first_day + split_part(named.tier, '/', 1)::integer = spans.ends_on
                        then spans.ends_on
                end,
                p_period_start => named.period_start,
                p_period_end => named.period_end
            )
            else ''
        end as description,
        case when kinds.has_quantity then trim_scale(changed.quantity_before) end as quantity_before,
        case when kinds.has_quantity then trim_scale(changed.quantity_after) end as quantity_after,
        named.due_on,
        months.month as billed_in,
        round(changed.owed_before, named.minor_units) as owed_before,
        round(changed.owed_after, named.minor_units) as owed_after,
        changed.owed_after - changed.owed_before as difference
    from changed
    inner join named on changed.charge_key = named.charge_key
    inner join billing.customers on named.customer_id = customers.customer_id
    cross join lateral (
        select named.charge_kind in ('usage', 'subscription', 'charge') as has_quantity
    ) as kinds
    left join lateral (
        select invoices.invoice_number
        from billing.invoice_line_items as lines
        inner join billing.invoices using (invoice_id)
        where
            lines.service_key = named.service_key
            and invoices.invoice_number is not null
            and billing.counts_as_billed(invoices.status, invoices.waived_on)
        order by invoices.invoice_id desc
        limit 1
    ) as latest on true
    left join lateral (
        select min(services.period_start) as period_start from billing.waiting_services as services
        where services.service_key = named.service_key
    ) as waiting on true
    cross join lateral (
        select
            case
                when waiting.period_start is not null then waiting.period_start
                when named.due_month > v_last_run or v_last_run is null then named.due_month
                when
                    latest.invoice_number is not null
                    or named.charge_kind = 'charge'
                    or exists (select from billing.billing_runs as runs where runs.period_start = named.due_month)
                    then billing.billing_period_end(v_last_run)
            end as month
    ) as months
    left join billing.subscription_spans as spans on named.subscription_id = spans.subscription_id
    left join billing.pricing_plans as plans on named.plan_id = plans.plan_id
    left join billing.prices on named.price_id = prices.price_id
    left join billing.discounts on named.discount_id = discounts.discount_id
    left join billing.commitments on named.commitment_id = commitments.commitment_id
    left join billing.charges as once on named.charge_id = once.charge_id
    order by
        length(customers.account_number),
        customers.account_number collate "C",
        months.month nulls last,
        named.period_start,
        spans.starts_on,
        named.service_key,
        named.first_day,
        named.tier_position,
        named.charge_kind desc,
        named.charge_key;
end;
$$;

comment on function billing.changed_charges ()
is 'Charges that owe something else than note_owed found: both amounts, the latest standing invoice that bills the service, and the month whose run bills the difference (null: none, for the month in which it fell due was never run).';
