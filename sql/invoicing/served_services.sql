-- As in the journal, the last line that stands tells the days of a fee, and the last proration how many of them are
-- charged, unless what it took off was charged again.
-- Long for the columns of a line.
create or replace function billing.served_services(p_service_keys text[], p_until date, p_before date)
returns table (service_key text, customer_id bigint, currency text, amount numeric)
language sql
stable
parallel safe
security invoker
as $$
with lines as (
    select
        items.service_key,
        fees.phase,
        invoices.customer_id,
        invoices.currency,
        items.amount,
        fees.first_day,
        items.service_period_end - fees.first_day as days,
        fees.prorated_days,
        row_number() over (
            partition by items.service_key, fees.phase
            order by items.invoice_id desc, items.position desc
        ) as place
    from unnest(p_service_keys) as services (service_key)
    inner join billing.invoice_line_items as items using (service_key)
    inner join billing.invoices using (invoice_id)
    inner join billing.dunning_cases using (invoice_id)
    cross join lateral (
        select
            case
                when items.charge_kind in ('subscription', 'proration')
                    then regexp_replace(items.charge_key, '/[a-z]+$', '')
            end as phase,
            coalesce(
                substring(items.charge_key from '/(\d{4}-\d{2}-\d{2})/[a-z]+$')::date, items.service_period_start
            ) as first_day,
            case when items.charge_kind = 'proration' then split_part(items.tier, '/', 1)::integer end as prorated_days
    ) as fees
    where
        invoices.issued_on < p_before
        and coalesce(invoices.voided_on >= p_before, true)
),

phases as (
    select
        lines.service_key,
        lines.customer_id,
        lines.currency,
        sum(lines.amount) as amount,
        max(lines.first_day) filter (where lines.place = 1) as first_day,
        case
            when sum(lines.amount) filter (where lines.prorated_days is not null) <> 0
                then
                    (array_agg(lines.prorated_days order by lines.place) filter (
                        where lines.prorated_days is not null
                    ))[1]
            else max(lines.days) filter (where lines.place = 1)
        end as days
    from lines
    group by
        lines.service_key,
        lines.phase,
        lines.customer_id,
        lines.currency
)

select
    phases.service_key,
    phases.customer_id,
    phases.currency,
    sum(billing.served_amount(phases.amount, phases.first_day, phases.days, p_until, currencies.exponent)) as amount
from phases
inner join billing.currencies using (currency)
group by
    phases.service_key,
    phases.customer_id,
    phases.currency
$$;

comment on function billing.served_services (text[], date, date)
is 'What of services was served before p_until, of what invoices issued before p_before bill of them, void ones left out: by service, net, rounded by phase.';
