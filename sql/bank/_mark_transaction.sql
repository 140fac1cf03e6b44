create or replace function billing._mark_transaction(
    p_bank_transaction_id bigint,
    p_status text,
    p_reason text
)
returns void
language sql
volatile
security invoker
as $$
update billing.bank_transactions
set
    status = p_status,
    status_reason = p_reason
where bank_transaction_id = p_bank_transaction_id
$$;

comment on function billing._mark_transaction (bigint, text, text)
is 'Notes what became of a bank transaction, and why.';
