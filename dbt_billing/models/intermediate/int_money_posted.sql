-- From which account to which: a credit to the one, a debit to the other. Each part reads for itself: so a month reads
-- no other.
with moves as (
    select
        'payment-' || payment_id as document_id,
        payment_id,
        booked_on,
        money_account as debit_account,
        'customer_credit' as credit_account,
        amount,
        concat_ws(' ', replace(method, '_', ' '), reference) as text
    from {{ ref('int_payments_kept') }}
    union all
    select
        'application-' || payment_application_id as document_id,
        payment_id,
        applied_on as booked_on,
        'customer_credit' as debit_account,
        'receivables' as credit_account,
        amount,
        'applied' as text
    from {{ ref('stg_billing__payment_applications') }}
    union all
    select
        'reversal-' || payment_reversals.payment_reversal_id as document_id,
        payment_reversals.payment_id,
        payment_reversals.reversed_on as booked_on,
        case when payment_reversals.refund_id is null then 'customer_credit' else 'refunds_payable' end
            as debit_account,
        case when payment_reversals.payout_id is null then payments.money_account else 'bank' end as credit_account,
        payment_reversals.amount,
        concat_ws(': ', replace(payment_reversals.kind, '_', ' '), payment_reversals.reason) as text
    from {{ ref('stg_billing__payment_reversals') }} as payment_reversals
    inner join {{ ref('int_payments_kept') }} as payments on payment_reversals.payment_id = payments.payment_id
    union all
    select
        'refund-' || refund_id as document_id,
        payment_id,
        scheduled_on as booked_on,
        'customer_credit' as debit_account,
        'refunds_payable' as credit_account,
        amount,
        'refund to be made' as text
    from {{ ref('stg_billing__refunds') }}
    union all
    select
        'failed-refund-' || refund_id as document_id,
        payment_id,
        failed_on as booked_on,
        'refunds_payable' as debit_account,
        'customer_credit' as credit_account,
        amount,
        'refund failed' as text
    from {{ ref('stg_billing__refunds') }}
    where failed_on is not null
)

select
    moves.document_id,
    {{ period_start('moves.booked_on') }} as period_start,
    moves.booked_on,
    payments.customer_id,
    payments.currency,
    moves.debit_account,
    moves.credit_account,
    moves.amount,
    moves.text
from moves
inner join {{ ref('int_payments_kept') }} as payments on moves.payment_id = payments.payment_id
