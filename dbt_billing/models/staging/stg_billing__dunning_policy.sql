with source as (
    select * from {{ source('billing', 'dunning_policy') }}
)

select
    collection_method,
    failure_kind,
    day,
    to_state,
    email_template,
    charges_first
from source
