with credit_notes as (
    select * from {{ ref('stg_billing__credit_notes') }}
),

line_items as (
    select * from {{ ref('stg_billing__credit_note_line_items') }}
)

select
    {{ period_start('credit_notes.issued_on') }} as period_start,
    credit_notes.credit_note_id,
    line_items.tax_country as country,
    line_items.tax_region as region,
    credit_notes.currency,
    line_items.tax_rate,
    line_items.tax_treatment,
    line_items.amount,
    line_items.tax
from credit_notes
inner join line_items on credit_notes.credit_note_id = line_items.credit_note_id
