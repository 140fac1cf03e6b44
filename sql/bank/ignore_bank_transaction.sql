-- The business date of the audit entry is the session's, as for the reports.
create or replace function billing.ignore_bank_transaction(p_bank_transaction_id bigint, p_reason text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_reason(p_reason, 'ignoring a bank transaction');
    perform billing._note_decision(
        p_transaction => billing._waiting_transaction(p_bank_transaction_id),
        p_status => 'ignored',
        p_reason => p_reason,
        p_what => p_reason,
        p_as_of => billing.reporting_date()
    );
end;
$$;

comment on function billing.ignore_bank_transaction (bigint, text)
is 'Takes an unmatched bank transaction off the list: it is no customer''s money.';
