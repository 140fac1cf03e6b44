-- Order of the lines (contract): usage by plan, start, period, cell and tier, a tier's flat amount right after the
-- tier; flat plans, each proration after its own; what is charged once, discounts, minimums, maximums; then corrections
-- and late usage by service period, last so that they can be told at a glance.
-- Where usage of a month billed before has not become more, another price or a wrong event made the difference: the
-- line says that it corrects. Long for the columns of a line.
create or replace function billing._insert_draft_lines(p_billing_run_id bigint)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into billing.invoice_line_items (
        invoice_id, position, minor_units, kind, charge_kind, charge_key, service_key, subscription_id, discount_id,
        commitment_id, charge_id, plan_code, price_id, cell, tier, tier_position, is_tier_flat_amount, description,
        quantity, unit_amount, gross_amount, amount, service_period_start, service_period_end, taxed_on,
        tax_treatment, tax_rate, tax_name, tax_country, tax_region
    )
    select
        drafts.invoice_id,
        row_number() over (
            partition by drafts.invoice_id
            order by
                array_position(
                    array[
                        'usage', 'subscription', 'charge', 'discount', 'minimum', 'maximum', 'correction', 'late_usage'
                    ],
                    case charges.kind when 'proration' then 'subscription' else charges.kind end
                ),
                case when charges.kind in ('correction', 'late_usage') then charges.period_start end,
                array_position(
                    array['usage', 'subscription', 'charge', 'discount', 'minimum', 'maximum'],
                    case charges.charge_kind when 'proration' then 'subscription' else charges.charge_kind end
                ),
                charges.plan_code collate "C",
                spans.starts_on,
                charges.subscription_id,
                coalesce(once.due_on, charges.period_start),
                coalesce(discounts.discount_code, commitments.commitment_code, once.charge_code) collate "C",
                charges.cell collate "C" nulls first,
                charges.first_day,
                charges.tier_position,
                charges.is_tier_flat_amount,
                charges.charge_kind desc,
                charges.charge_key
        ) as position,
        drafts.minor_units,
        charges.kind,
        charges.charge_kind,
        charges.charge_key,
        charges.service_key,
        charges.subscription_id,
        charges.discount_id,
        charges.commitment_id,
        charges.charge_id,
        charges.plan_code,
        charges.price_id,
        charges.cell,
        charges.tier,
        charges.tier_position,
        charges.is_tier_flat_amount,
        case
            when charges.charge_kind = 'usage' then billing._usage_description(
                p_plan_name => plans.name,
                p_cell => charges.cell,
                p_tier => charges.tier,
                p_is_tier_flat_amount => charges.is_tier_flat_amount,
                p_package_size => prices.package_size,
                p_used => charges.used
            )
            else coalesce(plans.name, once.description, discounts.name, commitments.name)
        end
        || case
            when charges.charge_kind = 'proration' then billing._proration_note(
                p_days => case when charges.first_day is not null then charges.tier end,
                p_unused_from => case
                    when
                        charges.kind = 'correction'
                        and charges.amount < 0
                        and charges.first_day + split_part(charges.tier, '/', 1)::integer = spans.ends_on
                        then spans.ends_on
                end,
                p_period_start => charges.period_start,
                p_period_end => charges.period_end
            )
            else ''
        end
        || billing._difference_note(
            p_corrects => case when charges.kind = 'correction' or later.quantity <= 0 then charges.corrects end,
            p_is_late => charges.kind = 'late_usage',
            p_period_start => charges.period_start,
            p_period_end => charges.period_end
        ) as description,
        charges.quantity,
        charges.unit_amount,
        charges.gross_amount,
        charges.amount,
        charges.period_start,
        charges.period_end,
        charges.taxed_on,
        taxes.tax_treatment,
        taxes.tax_rate,
        taxes.tax_name,
        taxes.tax_country,
        taxes.tax_region
    from pg_temp.due_charges as charges
    inner join billing.invoices as drafts using (customer_id)
    inner join pg_temp.due_taxes as taxes using (service_key, taxed_on)
    left join billing.subscription_spans as spans using (subscription_id)
    left join billing.pricing_plans as plans using (plan_code)
    left join billing.prices on charges.price_id = prices.price_id
    left join billing.discounts on charges.discount_id = discounts.discount_id
    left join billing.commitments on charges.commitment_id = commitments.commitment_id
    left join billing.charges as once on charges.charge_id = once.charge_id
    left join (
        select
            due.service_key,
            sum(due.quantity) as quantity
        from pg_temp.due_charges as due
        where due.kind = 'late_usage'
        group by due.service_key
    ) as later on charges.service_key = later.service_key
    where drafts.billing_run_id = p_billing_run_id and drafts.invoice_number is null;
    analyze billing.invoice_line_items (invoice_id, charge_key, service_key, subscription_id, kind);

    insert into billing.invoice_line_discounts (
        invoice_id, position, discount_id, name, percent, minor_units, amount
    )
    select
        lines.invoice_id,
        lines.position,
        changes.discount_id,
        discounts.name,
        discounts.percent,
        lines.minor_units,
        changes.amount
    from billing._due_line_discounts() as changes
    inner join billing.discounts using (discount_id)
    inner join billing.invoice_line_items as lines using (charge_key)
    inner join billing.invoices as drafts using (invoice_id)
    where drafts.billing_run_id = p_billing_run_id and drafts.invoice_number is null;
end;
$$;

comment on function billing._insert_draft_lines (bigint)
is 'Writes the lines of the draft invoices of a run, numbered per invoice in the order printed, with the discounts in them.';
