with source as (
    select * from {{ source('billing', 'seller_profiles') }}
)

select
    ledger.account,
    ledger.ledger_account
from source
cross join lateral jsonb_each_text(source.accounts) as ledger (account, ledger_account)
