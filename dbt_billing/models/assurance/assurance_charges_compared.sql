with charges as (
    select
        *,
        left(service_key, 1) in ('d', 'm') as is_sum,
        bool_or(is_invoiced) over of_service as is_service_invoiced,
        coalesce(max(rerated_due_month) over of_service, max(invoiced_due_month) over of_service) as due_month
    from {{ ref('assurance_charges_matched') }}
    window of_service as (partition by service_key)
),

months as (
    select
        *,
        max(usage_before_txid) over (partition by customer_id) as latest_txid
    from {{ ref('assurance_months_settled') }}
),

runs as (
    select * from {{ ref('stg_billing__billing_runs') }}
    where is_closed
),

services_voided as (
    select * from {{ ref('assurance_services_voided') }}
),

changes_unseen as materialized (
    select * from {{ ref('assurance_changes_unseen') }}
),

changed as (
    select
        charges.*,
        months.usage_before_txid,
        months.latest_txid,
        exists(
            select changes_unseen.txid
            from changes_unseen
            where
                changes_unseen.customer_id = charges.customer_id
                and changes_unseen.txid >= months.usage_before_txid
                and greatest(charges.period_end - 1, charges.due_month) >= changes_unseen.from_month
        ) as is_changed
    from charges
    left join months
        on
            charges.customer_id = months.customer_id
            and charges.due_month > months.after_month
            and charges.due_month <= months.period_start
),

-- What adds others up changes with them, and a commitment waits for a run that has seen them all.
reached as (
    select
        *,
        is_changed
        or (
            is_sum
            and period_end >= coalesce(
                min(period_start) filter (where is_changed) over (partition by customer_id), 'infinity'
            )
        )
        or (charge_kind in ('minimum', 'maximum') and usage_before_txid < latest_txid) as is_unseen
    from changed
)

-- What fell due in a month that was never run is billed by nobody, unless it was before; a one-off charge by any
-- later run.
select
    reached.customer_id,
    reached.service_key,
    reached.charge_key,
    reached.charge_kind,
    reached.plan_code,
    reached.currency,
    reached.rerated_quantity,
    reached.invoiced_quantity,
    reached.rerated_gross_amount,
    reached.invoiced_gross_amount,
    reached.rerated_amount,
    reached.invoiced_amount,
    reached.is_invoiced,
    reached.is_equal,
    reached.usage_before_txid is not null
    and services_voided.service_key is null
    and not reached.is_unseen
    and (
        runs.billing_run_id is not null
        or reached.is_service_invoiced
        or reached.charge_kind = 'charge'
    ) as is_settled,
    reached.period_start
from reached
left join services_voided on reached.service_key = services_voided.service_key
left join runs on reached.due_month = runs.period_start
