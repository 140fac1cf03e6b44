-- A credit balance below zero would be money applied that never came in.
select
    account_number,
    balance
from {{ ref('credit_balances') }}
where balance < 0
