-- Version 0.1.0 took some placeholders for references and did not see some returns, so it gave these entries, and those
-- that it counted beside them, other fingerprints. Where an entry says what 0.1.0 stored of it, it is the row of 0.1.0
-- that says the same; of equal rows the running number decides.
create or replace function billing._known_to_first_version(p_entries jsonb)
returns jsonb
language sql
stable
security invoker
as $$
select
    coalesce(
        jsonb_agg(
            case
                when known.fingerprint is null then given.entry
                else given.entry || jsonb_build_object('fingerprint', known.fingerprint)
            end
            order by given.ordinal
        ),
        '[]'
    )
from jsonb_array_elements(p_entries) with ordinality as given (entry, ordinal)
cross join lateral jsonb_to_record(given.entry) as said (
    booked_on date,
    amount numeric,
    currency text,
    account_iban text,
    first_version jsonb
)
left join lateral jsonb_to_record(said.first_version) as earlier (
    entry_id text,
    payer_name text,
    payer_iban text,
    remittance text,
    ordinal integer,
    fingerprint text
) on true
left join lateral (
    select stored.fingerprint
    from billing.bank_transactions as stored
    where
        said.first_version is not null
        and stored.is_of_first_version
        and stored.booked_on = said.booked_on
        and stored.amount = said.amount
        and stored.currency = said.currency
        and (stored.account_iban is null or said.account_iban is null or stored.account_iban = said.account_iban)
        and case
            when earlier.fingerprint is not null then stored.fingerprint = earlier.fingerprint
            else
                stored.entry_id is not distinct from earlier.entry_id
                and billing._plain_name(stored.payer_name) is not distinct from billing._plain_name(earlier.payer_name)
                and billing._plain_name(stored.payer_iban) is not distinct from billing._plain_name(earlier.payer_iban)
                and billing._plain_name(stored.remittance) is not distinct from billing._plain_name(earlier.remittance)
        end
    order by stored.bank_transaction_id
    offset earlier.ordinal - 1
    limit 1
) as known on true
$$;

comment on function billing._known_to_first_version (jsonb)
is 'The entries of a statement, with the fingerprint that version 0.1.0 gave where it stored them under another one.';
