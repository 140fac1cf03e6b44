create or replace function billing._transaction_references(p_transaction billing.bank_transactions)
returns table (
    ordinal bigint,
    invoice_id bigint,
    invoice_number text,
    is_certain boolean
)
language sql
stable
security invoker
as $$
select references_found.*
from billing._invoice_references(array[
    p_transaction.remittance,
    p_transaction.creditor_reference,
    p_transaction.end_to_end_id
]) as references_found
$$;

comment on function billing._transaction_references (billing.bank_transactions)
is 'Invoice numbers that a bank transaction names: what the payer wrote first, then the structured references.';
