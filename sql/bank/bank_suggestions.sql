-- Points: the payer's account paid for this customer before 60, exactly what is outstanding 50, a number in the text
-- that may be its own 45, the payer's name 40, the invoice's total 30. Only open invoices in the currency of the
-- transfer. An invoice that has nothing but its amount to show can only be among the best if it is among the first five
-- with that amount. The planner expects few rows of each step and would loop over thousands; hash joins serve few rows
-- as well. Long: candidates, points and the best five of all transfers in one statement.
create or replace function billing.bank_suggestions(p_bank_transaction_ids bigint[])
returns table (
    bank_transaction_id bigint,
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
set search_path = pg_catalog, pg_temp
set enable_nestloop = off
set enable_mergejoin = off
as $$
with transfers as materialized (
    select
        waiting.bank_transaction_id,
        waiting.currency,
        waiting.amount,
        waiting.payer_iban,
        billing._plain_name(waiting.payer_name) as plain_payer,
        case when waiting.status_reason <> 'no reference' then waiting end as entry
    from billing.bank_transactions as waiting
    where
        waiting.bank_transaction_id = any(p_bank_transaction_ids)
        and waiting.status = 'unmatched'
        and waiting.amount > 0
),

open_invoices as materialized (
    select
        invoices.invoice_id,
        invoices.invoice_number,
        invoices.customer_id,
        invoices.currency,
        invoices.due_on,
        invoices.total,
        invoice_balances.outstanding,
        row_number() over (
            partition by invoices.currency, invoice_balances.outstanding
            order by invoices.due_on, invoices.invoice_number
        ) as place_by_outstanding,
        row_number() over (
            partition by invoices.currency, invoices.total
            order by invoices.due_on, invoices.invoice_number
        ) as place_by_total
    from billing.invoices
    inner join billing.invoice_balances using (invoice_id)
    where invoices.status = 'issued' and invoice_balances.outstanding > 0
),

payers as materialized (
    select distinct
        earlier.payer_iban,
        payments.customer_id
    from billing.bank_transactions as earlier
    inner join billing.payments using (bank_transaction_id)
    where
        earlier.status not in ('unmatched', 'ignored')
        and earlier.payer_iban in (select transfers.payer_iban from transfers)
),

debtors as materialized (
    select
        customers.customer_id,
        billing._plain_name(customers.name) as plain_name
    from billing.customers
    where customers.customer_id in (select open_invoices.customer_id from open_invoices)
),

names as materialized (
    select
        plain_payers.plain_payer,
        debtors.customer_id
    from (select distinct transfers.plain_payer from transfers) as plain_payers
    inner join debtors
        on
            strpos(plain_payers.plain_payer, debtors.plain_name) > 0
            or strpos(debtors.plain_name, plain_payers.plain_payer) > 0
    where length(plain_payers.plain_payer) >= 4 and length(debtors.plain_name) >= 4
),

numbers as materialized (
    select distinct
        transfers.bank_transaction_id,
        named.invoice_id
    from transfers
    cross join lateral billing._transaction_references(transfers.entry) as named
    where transfers.entry is distinct from null and named.invoice_id is not null
),

signs as (
    select
        numbers.bank_transaction_id,
        numbers.invoice_id
    from numbers
    union
    select
        transfers.bank_transaction_id,
        open_invoices.invoice_id
    from transfers
    inner join payers using (payer_iban)
    inner join open_invoices using (customer_id)
    union
    select
        transfers.bank_transaction_id,
        open_invoices.invoice_id
    from transfers
    inner join names using (plain_payer)
    inner join open_invoices using (customer_id)
    union
    select
        transfers.bank_transaction_id,
        open_invoices.invoice_id
    from transfers
    inner join open_invoices
        on transfers.amount = open_invoices.outstanding and open_invoices.place_by_outstanding <= 5
    union
    select
        transfers.bank_transaction_id,
        open_invoices.invoice_id
    from transfers
    inner join open_invoices
        on transfers.amount = open_invoices.total and open_invoices.place_by_total <= 5
),

candidates as (
    select
        transfers.bank_transaction_id,
        open_invoices.*,
        payers.customer_id is not null as has_paid_before,
        transfers.amount = open_invoices.outstanding as is_outstanding,
        names.customer_id is not null as is_named,
        numbers.invoice_id is not null as has_number,
        transfers.amount = open_invoices.total and transfers.amount <> open_invoices.outstanding as is_total
    from signs
    inner join transfers using (bank_transaction_id)
    inner join open_invoices using (invoice_id, currency)
    left join payers using (payer_iban, customer_id)
    left join names using (plain_payer, customer_id)
    left join numbers using (bank_transaction_id, invoice_id)
),

scored as (
    select
        candidates.*,
        case when candidates.has_paid_before then 60 else 0 end
        + case when candidates.is_outstanding then 50 else 0 end
        + case when candidates.has_number then 45 else 0 end
        + case when candidates.is_named then 40 else 0 end
        + case when candidates.is_total then 30 else 0 end as score,
        concat_ws(
            ', ',
            case when candidates.has_paid_before then 'the account has paid for this customer before' end,
            case when candidates.is_outstanding then 'exactly what is outstanding' end,
            case when candidates.has_number then 'the number fits' end,
            case when candidates.is_named then 'the name fits' end,
            case when candidates.is_total then 'the total of the invoice' end
        ) as reason
    from candidates
),

ranked as (
    select
        scored.*,
        row_number() over (
            partition by scored.bank_transaction_id
            order by scored.score desc, scored.due_on, scored.invoice_number
        ) as place
    from scored
)

select
    ranked.bank_transaction_id,
    ranked.invoice_number,
    customers.account_number,
    customers.name as customer_name,
    ranked.currency,
    ranked.outstanding,
    ranked.due_on,
    ranked.score,
    ranked.reason
from ranked
inner join billing.customers using (customer_id)
where ranked.place <= 5
order by
    ranked.bank_transaction_id,
    ranked.place
$$;

comment on function billing.bank_suggestions (bigint[])
is 'Up to five open invoices that each of the unmatched transfers may be for, best first, each with its reasons.';
