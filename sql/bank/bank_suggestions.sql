-- Points: the payer's account paid for this customer before 60, exactly what is outstanding 50, the payer's name 40,
-- the invoice's total 30. Only open invoices in the currency of the transfer.
create or replace function billing.bank_suggestions(p_bank_transaction_id bigint)
returns table (
    invoice_number text,
    account_number text,
    customer_name text,
    currency text,
    outstanding numeric,
    due_on date,
    score integer,
    reason text
)
language sql
stable
security definer
set search_path = ''
as $$
with transfer as (
    select
        transactions.*,
        billing._plain_text(transactions.payer_name) as plain_payer
    from billing.bank_transactions as transactions
    where
        transactions.bank_transaction_id = p_bank_transaction_id
        and transactions.status = 'unmatched'
        and transactions.amount > 0
),

known_payers as (
    select distinct payments.customer_id
    from transfer
    inner join billing.bank_transactions as earlier using (payer_iban)
    inner join billing.payments on earlier.bank_transaction_id = payments.bank_transaction_id
),

candidates as (
    select
        invoices.invoice_number,
        invoices.due_on,
        invoices.currency,
        customers.account_number,
        customers.name as customer_name,
        invoice_balances.outstanding,
        known_payers.customer_id is not null as has_paid_before,
        transfer.amount = invoice_balances.outstanding as is_outstanding,
        transfer.amount = invoices.total and transfer.amount <> invoice_balances.outstanding as is_total,
        length(transfer.plain_payer) >= 4
        and length(plain_names.plain_name) >= 4
        and (
            strpos(transfer.plain_payer, plain_names.plain_name) > 0
            or strpos(plain_names.plain_name, transfer.plain_payer) > 0
        ) as is_named
    from transfer
    inner join billing.invoices on transfer.currency = invoices.currency
    inner join billing.customers using (customer_id)
    inner join billing.invoice_balances using (invoice_id)
    left join known_payers on invoices.customer_id = known_payers.customer_id
    cross join lateral (select billing._plain_text(customers.name) as plain_name) as plain_names
    where invoices.status = 'issued' and invoice_balances.outstanding > 0
),

scored as (
    select
        candidates.*,
        case when candidates.has_paid_before then 60 else 0 end
        + case when candidates.is_outstanding then 50 else 0 end
        + case when candidates.is_named then 40 else 0 end
        + case when candidates.is_total then 30 else 0 end as score,
        concat_ws(
            ', ',
            case when candidates.has_paid_before then 'the account has paid for this customer before' end,
            case when candidates.is_outstanding then 'exactly what is outstanding' end,
            case when candidates.is_named then 'the name fits' end,
            case when candidates.is_total then 'the total of the invoice' end
        ) as reason
    from candidates
)

select
    scored.invoice_number,
    scored.account_number,
    scored.customer_name,
    scored.currency,
    scored.outstanding,
    scored.due_on,
    scored.score,
    scored.reason
from scored
where scored.score > 0
order by
    scored.score desc,
    scored.due_on,
    scored.invoice_number
limit 5
$$;

comment on function billing.bank_suggestions (bigint)
is 'Up to five open invoices that an unmatched transfer may be for, best first, each with its reasons.';
