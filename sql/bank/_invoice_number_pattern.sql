-- Between its letters and digits a number may have lost, or gained, whatever is neither. Some write "No." before it.
create or replace function billing._invoice_number_pattern()
returns text
language sql
stable
security invoker
as $$
with prefixes as (
    select seller_profiles.invoice_prefix as prefix
    from billing.seller_profiles
    union
    select regexp_replace(document_series.series, '-[0-9]{4}-[0-9]{2}$', '') as prefix
    from billing.document_series
    where document_series.series not like 'CN-%'
)

select
    replace(
        format(
            '(%s)_(?:(?:N_O|N_R|NUMBER|NUMMER)_)?([0-9](?:_[0-9]){3}_(?:0_[1-9]|1_[0-2])(?:_[0-9]){4,})',
            string_agg(regexp_replace(prefixes.prefix, '(.)(?=.)', '\1_', 'g'), '|')
        ),
        '_',
        '[^A-Z0-9]*'
    )
from prefixes
$$;

comment on function billing._invoice_number_pattern ()
is 'A regular expression for invoice numbers in a text of capitals: the prefix and the digits; null while there is no seller.';
