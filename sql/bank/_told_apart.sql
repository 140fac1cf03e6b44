-- A fingerprint leaves the account out where the bank gave a reference, because not every format names it: the same
-- statement as CSV and as CAMT.053 must agree. Two banks, or two accounts of one, may still have one reference. The
-- first account that is known under a fingerprint keeps it; for any other, the account is added. An IBAN and a number
-- of another kind may be one account and are not told apart.
create or replace function billing._told_apart(p_entries jsonb)
returns jsonb
language sql
stable
security invoker
as $$
with given as (
    select
        entries.entry,
        entries.ordinal,
        entries.entry ->> 'fingerprint' as fingerprint,
        entries.entry ->> 'account_iban' as account_iban,
        entries.entry ->> 'account_number' as account_number
    from jsonb_array_elements(p_entries) with ordinality as entries (entry, ordinal)
),

first_comers as (
    select distinct on (given.fingerprint)
        given.fingerprint,
        coalesce(known.account_iban, given.account_iban) as account_iban,
        coalesce(known.account_number, given.account_number) as account_number
    from given
    left join billing.bank_transactions as known using (fingerprint)
    where
        coalesce(
            known.account_iban, known.account_number, given.account_iban, given.account_number
        ) is not null
    order by
        given.fingerprint,
        given.ordinal
)

select
    coalesce(
        jsonb_agg(
            case
                when
                    given.account_iban <> first_comers.account_iban
                    or given.account_number <> first_comers.account_number
                    then given.entry || jsonb_build_object(
                        'fingerprint',
                        given.fingerprint || '@' || coalesce(given.account_iban, given.account_number)
                    )
                else given.entry
            end
            order by given.ordinal
        ),
        '[]'
    )
from given
left join first_comers using (fingerprint)
$$;

comment on function billing._told_apart (jsonb)
is 'The entries of a statement, with the account added to a fingerprint that an entry of another account has.';
