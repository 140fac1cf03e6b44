with changes as (
    select * from {{ ref('stg_billing__contract_changes') }}
),

months as (
    select
        customer_id,
        min(usage_before_txid) as usage_before_txid
    from {{ ref('assurance_months_settled') }}
    group by customer_id
)

select
    changes.customer_id,
    changes.txid,
    {{ period_start('changes.from_on') }} as from_month
from changes
inner join months
    on
        changes.customer_id = months.customer_id
        and changes.txid >= months.usage_before_txid
