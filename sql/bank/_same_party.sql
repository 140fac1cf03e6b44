-- The account says more than the name. Banks cut names, so one that begins like the other contradicts nothing.
create or replace function billing._same_party(
    p_one billing.bank_transactions,
    p_other billing.bank_transactions
)
returns boolean
language sql
immutable
security invoker
as $$
select
    case
        when said.one_account = said.other_account then true
        when length(said.one) < 4 or length(said.other) < 4 then said.one_account = said.other_account
        when said.one = said.other then true
        when said.one_account <> said.other_account then false
        when starts_with(said.one, said.other) or starts_with(said.other, said.one) then null
        when said.one <> said.other then false
    end
from (
    select
        billing._telling(p_one.payer_name) as one,
        billing._telling(p_other.payer_name) as other,
        billing._telling(p_one.payer_iban) as one_account,
        billing._telling(p_other.payer_iban) as other_account
) as said
$$;

comment on function billing._same_party (billing.bank_transactions, billing.bank_transactions)
is 'Whether two bank transactions have the same counterparty: true, false where they contradict each other, null where nothing tells.';
