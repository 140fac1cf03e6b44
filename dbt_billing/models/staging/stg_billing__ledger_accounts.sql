select
    -- 0.20 is the rate 0.2.
    case
        when ledger.account like 'tax%' then regexp_replace(ledger.account, '(\.[0-9]*[1-9])0+$|\.0+$', '\1')
        else ledger.account
    end as account,
    ledger.ledger_account
from {{ source('billing', 'seller_profiles') }} as source
cross join lateral jsonb_each_text(source.accounts) as ledger (account, ledger_account)
