create or replace function billing._note_decision(
    p_transaction billing.bank_transactions,
    p_status text,
    p_reason text,
    p_what text,
    p_as_of date
)
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_open_day(p_as_of);
    perform billing._mark_transaction(
        p_bank_transaction_id => p_transaction.bank_transaction_id,
        p_status => p_status,
        p_reason => p_reason
    );
    perform billing.append_audit_entry(
        p_business_date => p_as_of,
        p_topic => 'payment',
        p_subject => 'bank transaction ' || p_transaction.bank_transaction_id,
        p_from_state => p_transaction.status,
        p_to_state => p_status,
        p_reason => p_what
    );
end;
$$;

comment on function billing._note_decision (billing.bank_transactions, text, text, text, date)
is 'Marks a bank transaction as a person decided, or another entry did, and says so in the audit log.';
