with invoices as (
    select *
    from {{ ref('int_invoices_dunned') }}
    where
        not is_settled
        and not is_void
        and day_zero <= {{ as_of() }}
),

holds as (
    select * from {{ ref('stg_billing__dunning_holds') }}
),

open_invoices as (
    select * from invoices
    where amount_due > 0
),

-- What the engine has planned, as long as it has not gone on since; for a day before that, what it would have planned.
placed as (
    select
        open_invoices.*,
        next_step.to_state as next_state,
        next_step.action,
        next_step.letter,
        next_step.task,
        case
            when open_invoices.has_latest_plan then open_invoices.next_action_on
            else greatest(
                open_invoices.day_zero + next_step.day,
                open_invoices.last_taken_on + next_step.day - open_invoices.last_day
            )
        end as planned_on
    from open_invoices
    left join
        lateral billing.next_dunning_step(
            open_invoices.failure_kind,
            open_invoices.dunning_state,
            open_invoices.last_day
        ) as next_step
        on open_invoices.has_latest_plan is not true or open_invoices.next_action_on is not null
)

select
    placed.account_number,
    placed.invoice_number,
    placed.dunning_state as state,
    placed.dunning_since as since,
    case
        when placed.is_disputed then 'settle dispute'
        when held.starts_on is not null then 'on hold' || coalesce(' until ' || held.ends_on, '')
        when placed.next_state is null then 'review'
        when placed.action = 'charge' then 'charge card'
        when placed.next_state = 'manual_review' then 'hand over to review'
        else coalesce(placed.task, 'send ' || replace(placed.letter, '_', ' '))
    end as next_action,
    case
        when held.starts_on is not null and held.ends_on is null then null
        when not placed.is_disputed
            then greatest(held.ends_on, placed.planned_on)
    end as next_action_on,
    placed.failure_reason,
    placed.amount_due,
    placed.currency,
    placed.collection_method,
    held.reason as hold_reason,
    {{ as_of() }} as as_of
from placed
left join lateral (
    select
        holds.starts_on,
        holds.ends_on,
        holds.reason
    from holds
    where
        holds.customer_id = placed.customer_id
        and coalesce(holds.invoice_id, placed.invoice_id) = placed.invoice_id
    order by holds.ends_on desc nulls first
    limit 1
) as held on true
