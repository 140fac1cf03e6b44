-- Money by run: what each bills with the change less what it would bill without. A charge goes from what was owed to
-- what is owed; where another run bills it from then on, in the former to what is billed of it, in the latter on from
-- there.
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
    difference numeric,
    credit_notes text
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_until constant date := greatest(
        (
            select billing.billing_period_end(billing.billing_period_end(max(runs.period_start)))
            from billing.billing_runs as runs
        ),
        (select max(scopes.rated_until) from pg_temp.owed_scopes as scopes)
    );
begin
    perform billing._rate_owed_again();
    return query
    with services as materialized (
        select * from billing._changed_services()
    ),

    billed as (
        select
            lines.charge_key,
            lines.service_key,
            sum(lines.quantity) as quantity,
            sum(lines.amount) as amount
        from services
        inner join billing.invoice_line_items as lines using (service_key)
        inner join billing.invoices using (invoice_id)
        where billing.counts_as_billed(invoices.status, invoices.waived_on)
        group by
            lines.charge_key,
            lines.service_key
    ),

    sides as materialized (
        select
            true as is_before,
            noted.*
        from pg_temp.owed_before as noted
        where noted.service_key in (select services.service_key from services)
        union all
        select
            false as is_before,
            rated.*
        from pg_temp.rated_charges as rated
        where rated.service_key in (select services.service_key from services)
    ),

    charges as (
        select
            coalesce(sides.charge_key, billed.charge_key) as charge_key,
            coalesce(sides.service_key, billed.service_key) as service_key,
            max(sides.quantity) filter (where sides.is_before) as quantity_before,
            max(sides.quantity) filter (where not sides.is_before) as quantity_after,
            coalesce(max(sides.amount) filter (where sides.is_before), 0) as owed_before,
            coalesce(max(sides.amount) filter (where not sides.is_before), 0) as owed_after,
            max(billed.quantity) as quantity_billed,
            coalesce(max(billed.amount), 0) as amount_billed
        from sides
        full join billed on sides.charge_key = billed.charge_key
        group by
            coalesce(sides.charge_key, billed.charge_key),
            coalesce(sides.service_key, billed.service_key)
    ),

    parts as (
        select
            charges.charge_key,
            charges.service_key,
            case when charges.owed_before <> charges.owed_after then services.invoice_number end as invoice_number,
            services.invoice_number is not null as is_billed,
            charges.quantity_after is null as is_gone,
            bills.*
        from charges
        inner join services using (service_key)
        cross join lateral (
            select
                false as is_before,
                services.run_after as billed_in,
                charges.quantity_before,
                charges.quantity_after,
                charges.owed_before,
                charges.owed_after
            where services.run_before is not distinct from services.run_after
            union all
            select
                true as is_before,
                services.run_before as billed_in,
                charges.quantity_before,
                charges.quantity_billed as quantity_after,
                charges.owed_before,
                charges.amount_billed as owed_after
            where services.run_before <> coalesce(services.run_after, 'infinity')
            union all
            select
                false as is_before,
                services.run_after as billed_in,
                charges.quantity_billed as quantity_before,
                charges.quantity_after,
                charges.amount_billed as owed_before,
                charges.owed_after
            where services.run_before is distinct from services.run_after
        ) as bills
        where bills.owed_before <> bills.owed_after
    )

    select
        customers.account_number,
        customers.currency,
        parts.invoice_number,
        parts.service_key::text,
        parts.charge_key::text,
        facts.period_start,
        billing.days_text(facts.period_start, facts.period_end) as service_period,
        case
            when named.charge_kind is null then billed_as.description
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
                p_days => case when parts.is_before or not (parts.is_billed and parts.is_gone) then named.tier end,
                p_unused_from => case
                    when
                        parts.is_billed
                        and parts.owed_after < parts.owed_before
                        and named.first_day + split_part(named.tier, '/', 1)::integer = spans.ends_on
                        then spans.ends_on
                end,
                p_period_start => named.period_start,
                p_period_end => named.period_end
            )
            else ''
        end as description,
        case when facts.has_quantity then trim_scale(parts.quantity_before) end as quantity_before,
        case when facts.has_quantity then trim_scale(parts.quantity_after) end as quantity_after,
        facts.due_on,
        parts.billed_in,
        round(parts.owed_before, facts.minor_units) as owed_before,
        round(parts.owed_after, facts.minor_units) as owed_after,
        parts.owed_after - parts.owed_before as difference,
        billing.credit_notes_on(parts.invoice_number) as credit_notes
    from parts
    left join lateral (
        select sides.*
        from sides
        where sides.charge_key = parts.charge_key
        order by sides.is_before <> parts.is_before
        limit 1
    ) as named on true
    left join lateral (
        select
            lines.*,
            invoices.customer_id
        from billing.invoice_line_items as lines
        inner join billing.invoices using (invoice_id)
        where
            lines.service_key = parts.service_key
            and lines.charge_key = parts.charge_key
            and billing.counts_as_billed(invoices.status, invoices.waived_on)
        order by lines.invoice_id desc
        limit 1
    ) as billed_as on true
    cross join lateral (
        select
            coalesce(named.customer_id, billed_as.customer_id) as customer_id,
            coalesce(named.period_start, billed_as.service_period_start) as period_start,
            coalesce(named.period_end, billed_as.service_period_end) as period_end,
            coalesce(named.due_on, billed_as.service_period_end) as due_on,
            coalesce(named.minor_units, billed_as.minor_units)::integer as minor_units,
            coalesce(named.charge_kind, billed_as.charge_kind) in ('usage', 'subscription', 'charge') as has_quantity
    ) as facts
    inner join billing.customers on facts.customer_id = customers.customer_id
    left join billing.subscription_spans as spans on named.subscription_id = spans.subscription_id
    left join billing.pricing_plans as plans on named.plan_id = plans.plan_id
    left join billing.prices on named.price_id = prices.price_id
    left join billing.discounts on named.discount_id = discounts.discount_id
    left join billing.commitments on named.commitment_id = commitments.commitment_id
    left join billing.charges as once on named.charge_id = once.charge_id
    where parts.is_billed or parts.billed_in is null or v_until is null or parts.billed_in < v_until
    order by
        length(customers.account_number),
        customers.account_number collate "C",
        parts.billed_in nulls last,
        facts.period_start,
        spans.starts_on,
        parts.service_key,
        named.first_day,
        named.tier_position,
        named.charge_kind desc,
        parts.charge_key;
end;
$$;

comment on function billing.changed_charges ()
is 'What runs bill otherwise than before the change that note_owed preceded, charge by charge: from what to what, in which month (null: in none, for that in which it fell due was never run), and the latest standing invoice that bills the service of a charge that owes another amount. A charge that moves to another run has a row in each. As far as was rated, and at least the next run in whole.';
