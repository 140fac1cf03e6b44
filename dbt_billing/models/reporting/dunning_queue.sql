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

policy as (
    select * from {{ ref('stg_billing__dunning_policy') }}
),

open_invoices as (
    select
        *,
        dunning_state in ('reminder_sent', 'urgent_notice', 'manual_review') as has_taken_step
    from invoices
    where amount_due > 0
),

placed as (
    select
        open_invoices.*,
        coalesce(policy.day, 0) as day
    from open_invoices
    left join policy
        on
            open_invoices.has_taken_step
            and open_invoices.collection_method = policy.collection_method
            and open_invoices.failure_kind = policy.failure_kind
            and open_invoices.dunning_state = policy.to_state
)

-- The next step is never closer to the last one than the policy has them, however late that was taken.
select
    placed.account_number,
    placed.invoice_number,
    placed.dunning_state as state,
    placed.dunning_since as since,
    case
        when placed.is_disputed then 'settle dispute'
        when held.starts_on is not null then 'on hold' || coalesce(' until ' || held.ends_on, '')
        when next_step.day is null then 'review'
        when next_step.charges_first then 'charge card'
        when next_step.to_state = 'manual_review' then 'hand over to review'
        else 'send ' || replace(next_step.email_template, '_', ' ')
    end as next_action,
    case
        when held.starts_on is not null and held.ends_on is null then null
        when not placed.is_disputed
            then greatest(
                held.ends_on,
                placed.day_zero + next_step.day,
                case
                    when placed.has_taken_step
                        then placed.dunning_since + next_step.day - placed.day
                end
            )
    end as next_action_on,
    placed.failure_reason,
    placed.amount_due,
    placed.currency,
    placed.collection_method,
    held.reason as hold_reason
from placed
left join lateral (
    select policy.*
    from policy
    where
        policy.collection_method = placed.collection_method
        and policy.failure_kind = placed.failure_kind
        and policy.day > placed.day
    order by policy.day
    limit 1
) as next_step on true
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
