-- What stands on invoices for a service period, late usage and corrections included, is what contract, raw events and
-- days come to.
with charges as (
    select *
    from {{ ref('assurance_charges_compared') }}
    where not is_equal and is_settled
),

customers as (
    select * from {{ ref('stg_billing__customers') }}
)

select
    customers.account_number,
    {{ period('charges.period_start') }} as period,
    charges.plan_code,
    charges.charge_kind as kind,
    charges.charge_key as charge,
    charges.currency,
    trim_scale(charges.rerated_quantity) as due_quantity,
    trim_scale(charges.invoiced_quantity) as invoiced_quantity,
    round(charges.rerated_gross_amount, 4) as due_gross,
    round(charges.invoiced_gross_amount, 4) as invoiced_gross,
    round(charges.rerated_amount, 4) as due,
    round(charges.invoiced_amount, 4) as invoiced,
    round(charges.invoiced_amount - charges.rerated_amount, 4) as difference
from charges
inner join customers on charges.customer_id = customers.customer_id
order by abs(charges.invoiced_amount - charges.rerated_amount) desc
