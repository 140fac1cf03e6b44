with invoices as (
    select * from {{ ref('int_invoices_settled') }}
),

dunning_cases as (
    select * from {{ ref('stg_billing__dunning_cases') }}
),

audit_log as (
    select *
    from {{ ref('stg_billing__audit_log') }}
    where topic = 'dunning' and from_state <> to_state
),

dunning_steps as (
    select * from {{ ref('stg_billing__dunning_steps') }}
),

payment_attempts as (
    select *
    from {{ ref('stg_billing__payment_attempts') }}
    where state = 'declined'
)

-- The state of the reporting date is that of the last transition logged by then.
select
    invoices.invoice_id,
    invoices.billing_run_id,
    invoices.customer_id,
    invoices.invoice_number,
    invoices.account_number,
    invoices.customer_name,
    invoices.country,
    invoices.region,
    invoices.currency,
    invoices.collection_method,
    invoices.status,
    invoices.tax_treatment,
    invoices.tax_rate,
    invoices.gross,
    invoices.usage,
    invoices.subscription,
    invoices.proration,
    invoices.charges,
    invoices.discount,
    invoices.minimum,
    invoices.maximum,
    invoices.subtotal,
    invoices.tax,
    invoices.total,
    invoices.amount_paid,
    invoices.amount_credited,
    invoices.amount_due,
    invoices.is_settled,
    invoices.is_void,
    invoices.period_start,
    invoices.period_end,
    invoices.issued_on,
    invoices.due_on,
    invoices.paid_on,
    dunning_cases.failure_kind,
    case
        when dunning_cases.invoice_id is not null then coalesce(steps.to_state, 'issued')
    end as dunning_state,
    declines.decline_code as failure_reason,
    dunning_cases.is_disputed,
    dunning_cases.day_zero,
    coalesce(steps.business_date, invoices.issued_on) as dunning_since,
    taken.last_day,
    taken.last_taken_on,
    case
        when dunning_cases.latest_since <= {{ as_of() }} and not taken.has_later then dunning_cases.next_action_on
    end as next_action_on,
    dunning_cases.latest_since <= {{ as_of() }} and not taken.has_later as has_latest_plan
from invoices
left join dunning_cases on invoices.invoice_id = dunning_cases.invoice_id
left join lateral (
    select
        audit_log.to_state,
        audit_log.business_date
    from audit_log
    where audit_log.subject = invoices.invoice_number
    order by audit_log.entry desc
    limit 1
) as steps on true
left join lateral (
    select
        max(dunning_steps.day) filter (where dunning_steps.taken_on <= {{ as_of() }}) as last_day,
        max(dunning_steps.taken_on) filter (where dunning_steps.taken_on <= {{ as_of() }}) as last_taken_on,
        coalesce(bool_or(dunning_steps.taken_on > {{ as_of() }}), false) as has_later
    from dunning_steps
    where
        dunning_steps.invoice_id = dunning_cases.invoice_id
        and dunning_steps.day_zero = dunning_cases.day_zero
) as taken on true
left join lateral (
    select payment_attempts.decline_code
    from payment_attempts
    where payment_attempts.invoice_id = invoices.invoice_id
    order by payment_attempts.attempt desc
    limit 1
) as declines on true
