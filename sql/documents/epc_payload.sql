-- Format: EPC069-12 version 2. Amounts from 0.01 to 999999999.99 EUR only; texts are cut to its limits.
create or replace function billing.epc_payload(
    p_seller jsonb,
    p_currency text,
    p_amount numeric,
    p_reference text
)
returns text
language sql
immutable
parallel safe
security invoker
return case
    when
        p_currency = 'EUR'
        and p_amount between 0.01 and 999999999.99
        and p_seller ->> 'iban' is not null
        then concat_ws(
            e'\n',
            'BCD',
            '002',
            '1',
            'SCT',
            coalesce(p_seller ->> 'bic', ''),
            left(p_seller ->> 'name', 70),
            replace(p_seller ->> 'iban', ' ', ''),
            'EUR' || p_amount,
            '',
            '',
            left(p_reference, 140)
        )
end;

comment on function billing.epc_payload (jsonb, text, numeric, text)
is 'Text of the EPC QR code (GiroCode) with which a banking app fills in a SEPA transfer; null unless the currency is EUR.';
