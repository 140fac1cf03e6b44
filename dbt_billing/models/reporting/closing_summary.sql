with runs as (
    select * from {{ ref('int_months_billed') }}
),

tax_summary as (
    select * from {{ ref('tax_summary') }}
),

receivables as (
    select * from {{ ref('receivables') }}
),

month_ends as (
    select * from {{ ref('month_ends') }}
),

deferred_revenue as (
    select * from {{ ref('deferred_revenue') }}
    where not is_forecast
),

journal as (
    select
        period_start,
        currency,
        sum(debit) as debit,
        sum(credit) as credit
    from {{ ref('journal') }}
    group by
        period_start,
        currency
),

taxes as (
    select
        period_start,
        currency,
        sum(tax) as tax,
        sum(tax) filter (where scheme = 'oss') as oss
    from tax_summary
    group by
        period_start,
        currency
),

figures as (
    select
        runs.period_start,
        runs.currency,
        figure.place,
        figure.figure,
        figure.amount,
        figure.list
    from runs
    cross join
        lateral (
            values
            (1, 'billed for the month, net', runs.total - runs.tax, 'sales.csv: subtotal, void ones left out'),
            (2, 'billed for the month, tax', runs.tax, 'sales.csv: tax, void ones left out'),
            (3, 'billed for the month, total', runs.total, 'sales.csv: total, void ones left out')
        ) as figure (place, figure, amount, list)
    union all
    select
        taxes.period_start,
        taxes.currency,
        figure.place,
        figure.figure,
        figure.amount,
        'tax_summary.csv: tax' as list
    from taxes
    cross join
        lateral (
            values
            (4, 'tax to declare, less credit notes and voids of the month', taxes.tax),
            (5, 'of that in other countries of the EU (OSS)', coalesce(taxes.oss, 0))
        ) as figure (place, figure, amount)
    union all
    select
        receivables.period_start,
        receivables.currency,
        figure.place,
        figure.figure,
        figure.amount,
        'receivables.csv' as list
    from receivables
    cross join
        lateral (
            values
            (10, 'receivables at the beginning', receivables.opening),
            (11, 'invoices issued', receivables.invoiced),
            (12, 'credit notes issued', receivables.credited),
            (13, 'payments', receivables.received),
            (14, 'invoices voided', receivables.voided),
            (15, 'money that went back', receivables.reversed),
            (16, 'receivables at the end', receivables.closing)
        ) as figure (place, figure, amount)
    union all
    select
        period_start,
        currency,
        17 as place,
        'of that outstanding on invoices' as figure,
        outstanding as amount,
        'outstanding.csv: outstanding' as list
    from month_ends
    union all
    select
        journal.period_start,
        journal.currency,
        figure.place,
        figure.figure,
        figure.amount,
        figure.list
    from journal
    cross join
        lateral (
            values
            (20, 'debits of the journal', journal.debit, 'journal.csv: debit'),
            (21, 'credits of the journal', journal.credit, 'journal.csv: credit')
        ) as figure (place, figure, amount, list)
    union all
    select
        deferred_revenue.period_start,
        deferred_revenue.currency,
        figure.place,
        figure.figure,
        figure.amount,
        figure.list
    from deferred_revenue
    cross join
        lateral (
            select sum(accrued_revenue.amount) as amount
            from {{ ref('accrued_revenue') }}
            where
                accrued_revenue.period_start = deferred_revenue.period_start
                and accrued_revenue.currency = deferred_revenue.currency
        ) as accrued
    cross join
        lateral (
            select sum(accrued_revenue.amount) as amount
            from {{ ref('accrued_revenue') }}
            where
                accrued_revenue.period_start = (deferred_revenue.period_start - interval '1 month')::date
                and accrued_revenue.currency = deferred_revenue.currency
        ) as accrued_before
    cross join lateral (
        values
        (30, 'revenue booked', deferred_revenue.recognized, 'deferred_revenue.csv: recognized'),
        (31, 'less what was delivered before the month', -coalesce(accrued_before.amount, 0), null),
        (32, 'and what was delivered in it and invoiced later', coalesce(accrued.amount, 0), 'accrued_revenue.csv'),
        (
            33,
            'revenue of what was delivered in the month',
            deferred_revenue.recognized - coalesce(accrued_before.amount, 0) + coalesce(accrued.amount, 0),
            null
        ),
        (34, 'deferred revenue at the end', deferred_revenue.deferred, 'deferred_revenue.csv: deferred')
    ) as figure (place, figure, amount, list)
)

select
    {{ period('period_start') }} as month,
    currency,
    place,
    figure,
    amount,
    list,
    {{ as_of() }} as as_of,
    period_start
from figures
