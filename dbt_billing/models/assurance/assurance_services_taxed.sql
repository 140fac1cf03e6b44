with invoices as (
    select *
    from {{ ref('stg_billing__invoices_recorded') }}
    where not is_void
),

line_items as (
    select * from {{ ref('stg_billing__invoice_line_items') }}
),

service_periods as (
    select * from {{ ref('assurance_service_periods') }}
),

charges as (
    select * from {{ ref('stg_billing__charges') }}
),

contract_changes as (
    select * from {{ ref('stg_billing__contract_changes') }}
),

services as (
    select
        invoices.invoice_id,
        invoices.customer_id,
        invoices.usage_before_txid,
        line_items.service_key,
        line_items.charge_id,
        line_items.service_period_end,
        max(line_items.taxed_on) as taxed_on,
        sum(line_items.amount) as amount
    from invoices
    inner join line_items on invoices.invoice_id = line_items.invoice_id
    group by
        invoices.invoice_id,
        invoices.customer_id,
        invoices.usage_before_txid,
        line_items.service_key,
        line_items.charge_id,
        line_items.service_period_end
)

-- As the contract has it, or had it: what was changed since the invoice says nothing about it.
select
    services.invoice_id,
    services.service_key,
    services.amount,
    case
        when
            exists (
                select contract_changes.txid
                from contract_changes
                where
                    contract_changes.customer_id = services.customer_id
                    and contract_changes.txid >= services.usage_before_txid
                    and {{ period_start('contract_changes.from_on') }} < services.service_period_end
            )
            then services.taxed_on
        else coalesce(charges.due_on, service_periods.taxed_on, services.service_period_end - 1)
    end as taxed_on
from services
left join service_periods on services.service_key = service_periods.service_key
left join charges on services.charge_id = charges.charge_id
