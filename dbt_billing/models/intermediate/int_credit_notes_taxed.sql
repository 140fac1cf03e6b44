with credit_notes as (
    select * from {{ ref('stg_billing__credit_notes') }}
),

line_items as (
    select * from {{ ref('stg_billing__credit_note_line_items') }}
),

tax_rates as (
    select * from {{ ref('stg_billing__tax_rates') }}
)

select
    {{ period_start('credit_notes.issued_on') }} as period_start,
    credit_notes.credit_note_id,
    credit_notes.country,
    case
        when
            exists (
                select tax_rates.tax_rate_id
                from tax_rates
                where
                    tax_rates.country = credit_notes.country
                    and tax_rates.region = credit_notes.region
                    and tax_rates.tax_name = line_items.tax_name
                    and tax_rates.tax_rate = line_items.tax_rate
            )
            then credit_notes.region
    end as region,
    credit_notes.currency,
    line_items.tax_rate,
    line_items.tax_treatment,
    line_items.amount,
    line_items.tax
from credit_notes
inner join line_items on credit_notes.credit_note_id = line_items.credit_note_id
