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

steps as (
    select * from {{ ref('stg_billing__allowed_dunning_steps') }}
),

open_invoices as (
    select * from invoices
    where amount_due > 0
),

taken as (
    select
        open_invoices.*,
        coalesce(
            (
                select max(steps.day)
                from steps
                where
                    steps.from_state = open_invoices.dunning_state
                    and steps.to_state = open_invoices.dunning_state
                    and steps.failure_kind = open_invoices.failure_kind
                    and open_invoices.day_zero + steps.day <= open_invoices.dunning_since
            ),
            0
        ) as day
    from open_invoices
),

-- What the engine has planned, as long as it has not gone on since; for a day before that, the step that was allowed
-- next, never closer to the last one than the policy has them.
placed as (
    select
        taken.*,
        next_step.to_state as next_state,
        next_step.email_template,
        next_step.charges_first,
        case
            when taken.has_latest_state then taken.next_action_on
            else greatest(taken.day_zero, taken.dunning_since - nullif(taken.day, 0)) + next_step.day
        end as planned_on
    from taken
    left join lateral (
        select steps.*
        from steps
        where
            steps.from_state = taken.dunning_state
            and steps.failure_kind = taken.failure_kind
            and case
                when taken.has_latest_state then steps.day >= taken.next_day
                else steps.to_state <> taken.dunning_state or steps.day > taken.day
            end
        order by steps.day
        limit 1
    ) as next_step on true
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
        when placed.charges_first then 'charge card'
        when placed.next_state = 'manual_review' then 'hand over to review'
        else 'send ' || replace(placed.email_template, '_', ' ')
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
    held.reason as hold_reason
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
