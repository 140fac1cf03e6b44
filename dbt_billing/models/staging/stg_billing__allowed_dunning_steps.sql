with source as (
    select * from {{ source('billing', 'allowed_dunning_steps') }}
)

select
    from_state,
    collection_method,
    failure_kind,
    day,
    to_state,
    email_template,
    charges_first
from source
