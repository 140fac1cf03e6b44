create or replace function billing._broken_numbers()
returns table (
    invariant text,
    subject text,
    detail text
)
language sql
stable
security invoker
as $$
with numbered as (
    select
        regexp_replace(numbers.number, '-[0-9]+$', '') as series,
        substring(numbers.number from '[0-9]+$')::integer as ordinal
    from (
        select invoices.invoice_number as number
        from billing.invoices
        where invoices.invoice_number is not null
        union all
        select credit_notes.credit_note_number as number
        from billing.credit_notes
    ) as numbers
)

select
    'numbers are gapless' as invariant,
    coalesce(given.series, document_series.series) as subject,
    format(
        '%s numbers from %s to %s, the counter stands at %s',
        coalesce(given.numbers, 0),
        given.lowest,
        given.highest,
        document_series.last_number
    ) as detail
from (
    select
        numbered.series,
        count(*) as numbers,
        min(numbered.ordinal) as lowest,
        max(numbered.ordinal) as highest
    from numbered
    group by numbered.series
) as given
full join billing.document_series on given.series = document_series.series
where
    (given.lowest, given.highest, given.numbers)
    is distinct from (1, document_series.last_number, document_series.last_number::bigint)
    and (given.series is not null or document_series.last_number <> 0)
$$;

comment on function billing._broken_numbers ()
is 'Series of invoice and credit note numbers with a gap, a repetition or a counter that stands elsewhere.';
