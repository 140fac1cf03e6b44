-- Where the first-quarter story ends, from the reporting views alone. In psql, as billing_reader:
--   set billing.as_of = '2026-03-15'; \i examples/first-quarter/summary.sql
with february as (
    select * from reporting.invoices
    where period = '2026-02'
),

run as (
    select * from reporting.runs
    where period = '2026-02'
),


failed as (
    select
        february.*,
        churn_risk.reason
    from february
    inner join reporting.churn_risk
        on
            february.account_number = churn_risk.account_number
            and churn_risk.reason like '%payment_failure%'
    where february.collection_method = 'charge_automatically'
),

facts (position, topic, fact) as (
    select 1, 'February', format('%s invoices, %s skipped', run.invoiced, run.skipped) from run
    union all
    select 2, 'Usage', to_char(run.usage, 'FM999,999,990.00') from run
    union all
    select 3, 'Subscriptions', to_char(run.subscription, 'FM999,999,990.00') from run
    union all
    select 4, 'Proration', to_char(run.proration, 'FM999,999,990.00') from run
    union all
    select
        5,
        'Tax',
        format(
            '%s (%s EU countries, %s US states)',
            to_char(sum(tax_summary.tax), 'FM999,999,990.00'),
            count(distinct tax_summary.country) filter (where tax_summary.country <> 'US'),
            count(distinct tax_summary.region) filter (where tax_summary.country = 'US')
        )
    from reporting.tax_summary
    where tax_summary.period = '2026-02' and tax_summary.treatment = 'taxed'
    union all
    select 6, 'Total', to_char(run.total, 'FM999,999,990.00') from run
    union all
    select
        7,
        'Cards',
        format(
            '%s: %s charged at once, %s in dunning, %s of them paid by day 7, %s in manual review on day 14',
            count(*),
            count(*) - (select count(*) from failed),
            (select count(*) from failed),
            (select count(*) from failed where failed.paid_on <= '2026-03-08'),
            (select count(*) from failed where failed.dunning_state = 'manual_review')
        )
    from february
    where february.collection_method = 'charge_automatically'
    union all
    select
        8,
        'Transfers',
        format(
            '%s with reference numbers, %s paid by statement so far',
            count(*),
            count(*) filter (where february.status = 'paid')
        )
    from february
    where february.collection_method = 'send_invoice'
    union all
    select
        9,
        'Outstanding',
        format(
            '%s = %s',
            to_char(sum(aging.outstanding), 'FM999,999,990.00'),
            string_agg(
                format('%s %s', to_char(aging.outstanding, 'FM999,999,990.00'), aging.bucket),
                ', '
                order by array_position(array['current', '1-30', '31-60', '60+'], aging.bucket)
            ) filter (where aging.outstanding <> 0)
        )
    from reporting.aging
    union all
    select 10, 'MRR growth', to_char(mrr.growth * 100, 'FM990.0') || '%' from reporting.mrr
    where mrr.month = '2026-02'
    union all
    select
        11,
        'At risk',
        format(
            '%s customers declining for two months, %s with payment failures',
            count(*) filter (where churn_risk.reason like '%declining_usage%'),
            count(*) filter (where churn_risk.reason like '%payment_failure%')
        )
    from reporting.churn_risk
)

select
    facts.topic,
    facts.fact
from facts
order by facts.position
