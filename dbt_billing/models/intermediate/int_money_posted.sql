-- From which account to which: a credit to the one, a debit to the other. Each part reads for itself: so a month reads
-- no other.
select
    'payment-' || payment_id as document_id,
    {{ period_start('booked_on') }} as period_start,
    booked_on,
    customer_id,
    currency,
    money_account as debit_account,
    'customer_credit' as credit_account,
    amount,
    concat_ws(' ', replace(method, '_', ' '), reference) as text
from {{ ref('int_payments_kept') }}
union all
select
    'application-' || applications.payment_application_id as document_id,
    {{ period_start('applications.applied_on') }} as period_start,
    applications.applied_on as booked_on,
    payments.customer_id,
    payments.currency,
    'customer_credit' as debit_account,
    'receivables' as credit_account,
    applications.amount,
    'applied' as text
from {{ ref('stg_billing__payment_applications') }} as applications
inner join {{ ref('stg_billing__payments') }} as payments on applications.payment_id = payments.payment_id
union all
select
    'reversal-' || reversals.payment_reversal_id as document_id,
    {{ period_start('reversals.reversed_on') }} as period_start,
    reversals.reversed_on as booked_on,
    payments.customer_id,
    payments.currency,
    case when reversals.refund_id is null then 'customer_credit' else 'refunds_payable' end as debit_account,
    case when reversals.payout_id is null then payments.money_account else 'bank' end as credit_account,
    reversals.amount,
    concat_ws(': ', replace(reversals.kind, '_', ' '), reversals.reason) as text
from {{ ref('stg_billing__payment_reversals') }} as reversals
inner join {{ ref('int_payments_kept') }} as payments on reversals.payment_id = payments.payment_id
union all
select
    'refund-' || refunds.refund_id as document_id,
    {{ period_start('refunds.scheduled_on') }} as period_start,
    refunds.scheduled_on as booked_on,
    payments.customer_id,
    payments.currency,
    'customer_credit' as debit_account,
    'refunds_payable' as credit_account,
    refunds.amount,
    'refund to be made' as text
from {{ ref('stg_billing__refunds') }} as refunds
inner join {{ ref('stg_billing__payments') }} as payments on refunds.payment_id = payments.payment_id
union all
select
    'failed-refund-' || refunds.refund_id as document_id,
    {{ period_start('refunds.failed_on') }} as period_start,
    refunds.failed_on as booked_on,
    payments.customer_id,
    payments.currency,
    'refunds_payable' as debit_account,
    'customer_credit' as credit_account,
    refunds.amount,
    'refund failed' as text
from {{ ref('stg_billing__refunds') }} as refunds
inner join {{ ref('stg_billing__payments') }} as payments on refunds.payment_id = payments.payment_id
where refunds.failed_on is not null
