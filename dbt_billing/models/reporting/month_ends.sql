with invoices as (
    select *
    from {{ ref('int_invoices_dated') }}
    where is_delivered
),

payment_applications as (
    select * from {{ ref('stg_billing__payment_applications') }}
),

credit_notes as (
    select * from {{ ref('stg_billing__credit_notes') }}
),

currencies as (
    select * from {{ ref('stg_billing__currencies') }}
),

first_days as (
    select min(issued_on) as issued_on
    from {{ ref('stg_billing__invoices') }}
),

months as (
    select
        month.month::date as period_start,
        month.month::date - 1 as opening_day,
        least((month.month + interval '1 month')::date - 1, {{ as_of() }}) as closing_day,
        (month.month + interval '1 month')::date - month.month::date as month_days
    from first_days
    cross join lateral generate_series(
        date_trunc('month', first_days.issued_on::timestamp), {{ as_of() }}, interval '1 month'
    ) as month (month)
),

-- A month looks at what was open at its beginning or came in it. What had been paid before it is left out unasked.
balances as (
    select
        months.*,
        open_invoices.currency,
        open_invoices.due_on,
        case
            when open_invoices.voided_on <= months.closing_day then 0
            else open_invoices.total - settled.by_closing
        end as closing,
        case
            when open_invoices.issued_on > months.opening_day or open_invoices.voided_on <= months.opening_day then 0
            else open_invoices.total - settled.by_opening
        end as opening,
        case
            when open_invoices.issued_on >= months.period_start and open_invoices.voided_on <= months.closing_day then 0
            when open_invoices.issued_on >= months.period_start then open_invoices.total
            else 0
        end as billed
    from months
    cross join
        lateral (
            select invoices.*
            from invoices
            where
                invoices.issued_on <= months.closing_day
                and invoices.total > 0
                and coalesce(invoices.paid_on >= months.period_start, true)
                and coalesce(invoices.voided_on >= months.period_start, true)
        ) as open_invoices
    cross join lateral (
        select
            coalesce(sum(settlements.amount), 0) as by_closing,
            coalesce(
                sum(settlements.amount) filter (where settlements.settled_on <= months.opening_day), 0
            ) as by_opening
        from (
            select
                payment_applications.amount,
                payment_applications.applied_on as settled_on
            from payment_applications
            where
                payment_applications.invoice_id = open_invoices.invoice_id
                and payment_applications.applied_on <= months.closing_day
            union all
            select
                credit_notes.amount,
                credit_notes.issued_on as settled_on
            from credit_notes
            where
                credit_notes.invoice_id = open_invoices.invoice_id
                and credit_notes.issued_on <= months.closing_day
        ) as settlements
    ) as settled
),

added_up as (
    select
        period_start,
        month_days,
        closing_day,
        currency,
        sum(closing) as outstanding,
        coalesce(sum(closing) filter (where due_on >= closing_day), 0) as bucket_current,
        coalesce(sum(closing) filter (where closing_day - due_on between 1 and 30), 0) as bucket_1_30,
        coalesce(sum(closing) filter (where closing_day - due_on between 31 and 60), 0) as bucket_31_60,
        coalesce(sum(closing) filter (where closing_day - due_on > 60), 0) as bucket_60_plus,
        sum(opening) as opening,
        sum(billed) as billed
    from balances
    group by
        period_start,
        month_days,
        closing_day,
        currency
)

select
    {{ period('added_up.period_start') }} as month,
    added_up.currency,
    round(added_up.outstanding, currencies.minor_units) as outstanding,
    round(added_up.bucket_current, currencies.minor_units) as bucket_current,
    round(added_up.bucket_1_30, currencies.minor_units) as bucket_1_30,
    round(added_up.bucket_31_60, currencies.minor_units) as bucket_31_60,
    round(added_up.bucket_60_plus, currencies.minor_units) as bucket_60_plus,
    round(added_up.outstanding * added_up.month_days / nullif(added_up.billed, 0), 1) as dso,
    round(
        (added_up.opening + added_up.billed - added_up.outstanding)
        / nullif(added_up.opening + added_up.billed - added_up.bucket_current, 0),
        4
    ) as collected_share,
    added_up.closing_day as as_of,
    added_up.period_start
from added_up
inner join currencies on added_up.currency = currencies.currency
