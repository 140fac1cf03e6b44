-- A number may be followed by other digits of the text, so the longest one that exists wins; where none does, its
-- first four digits are reported. Each field is searched on its own: their ends must not grow together.
create or replace function billing._invoice_references(p_texts text[])
returns table (
    ordinal bigint,
    invoice_id bigint,
    invoice_number text
)
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
),

found as (
    select
        row_number() over (order by fields.field, numbers.place) as place,
        numbers.parts[1] as prefix,
        numbers.parts[2] as digits
    from unnest(p_texts) with ordinality as fields (text, field)
    cross join (
        select string_agg(prefixes.prefix, '|' order by length(prefixes.prefix) desc) as alternatives
        from prefixes
    ) as known
    cross join lateral regexp_matches(
        billing._plain_text(fields.text),
        format('(%s)(?:NO|NR|NUMBER|NUMMER)?([0-9]{4}(?:0[1-9]|1[0-2])[0-9]{4,})', known.alternatives),
        'g'
    ) with ordinality as numbers (parts, place)
),

recognised as (
    select
        found.place,
        existing.invoice_id,
        coalesce(
            existing.invoice_number,
            regexp_replace(left(found.digits, 10), '^(....)(..)(.*)$', found.prefix || '-\1-\2-\3')
        ) as invoice_number
    from found
    left join lateral (
        select candidates.*
        from generate_series(least(length(found.digits), 19), 10, -1) as lengths (digits)
        cross join lateral (
            select
                invoices.invoice_id,
                invoices.invoice_number
            from billing.invoices
            where
                regexp_replace(invoices.invoice_number, '[^A-Z0-9]', '', 'g')
                = found.prefix || left(found.digits, lengths.digits)
            limit 1
        ) as candidates
        order by lengths.digits desc
        limit 1
    ) as existing on true
)

select
    row_number() over (order by min(recognised.place)) as ordinal,
    recognised.invoice_id,
    recognised.invoice_number
from recognised
group by
    recognised.invoice_id,
    recognised.invoice_number
$$;

comment on function billing._invoice_references (text[])
is 'Invoice numbers in the texts of a transfer, each once, in the order given; invoice_id is null where there is no such invoice.';
