select
    invoice_id,
    state as latest_state,
    failure_kind,
    is_disputed,
    day_zero,
    since as latest_since,
    next_action_on
from {{ source('billing', 'dunning_cases') }}
