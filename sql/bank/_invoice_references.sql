-- Each field is searched on its own: their ends must not grow together. How many digits belong to a number only the
-- invoices tell, so one place may be read in several ways. A reading is certain where the text itself ends the number:
-- no letter or digit touches it, and no blank or other mark stands inside its year, its month or its running number – a
-- line feed, where the statement folded the line, is no blank. The check digits of an RF reference prove a number
-- whatever touches it, and wrong ones make it doubtful. A certain reading, the longest, excludes the others of its
-- place. Where no reading exists, the number is reported as the text ends it.
-- Long: every way to read a place stands beside the others that it excludes.
create or replace function billing._invoice_references(p_texts text[])
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
with places as (
    select
        row_number() over (order by fields.field, hits.hit) as ordinal,
        billing._plain_text(
            regexp_substr(searched.text, pattern.expression, 1, hits.hit, '', 1)
        ) as prefix,
        substr(
            searched.text, regexp_instr(searched.text, pattern.expression, 1, hits.hit, 0, '', 2)
        ) as rest,
        left(
            searched.text, regexp_instr(searched.text, pattern.expression, 1, hits.hit) - 1
        ) as before,
        length(billing._plain_text(
            regexp_substr(searched.text, pattern.expression, 1, hits.hit, '', 2)
        )) as digits
    from unnest(p_texts) with ordinality as fields (text, field)
    cross join billing._invoice_number_pattern() as pattern (expression)
    cross join lateral (select upper(fields.text) as text) as searched
    cross join lateral generate_series(
        1, least(coalesce(regexp_count(searched.text, pattern.expression), 0), 1000)
    ) as hits (hit)
),

readings as (
    select
        places.ordinal,
        places.prefix,
        lengths.digits,
        billing._plain_text(raw.number) as number,
        billing._plain_name(substr(places.rest, length(raw.number) + 1, 1)) is not null as is_touched_behind,
        billing._plain_name(right(places.before, 1)) is not null as is_touched_before,
        replace(raw.number, e'\n', '') ~ '^[0-9]{4}[^A-Z0-9]*[0-9]{2}[^A-Z0-9]*[0-9]+$' as is_whole,
        billing._plain_text(
            substring(places.before from 'R[^A-Z0-9]*F[^A-Z0-9]*([0-9][^A-Z0-9]*[0-9])[^A-Z0-9]*$')
        ) as check_digits
    from places
    cross join lateral generate_series(10, least(places.digits, 19)) as lengths (digits)
    cross join lateral (
        select substring(
            places.rest from format('^[0-9](?:[^A-Z0-9]*[0-9]){%s}', lengths.digits - 1)
        ) as number
    ) as raw
),

judged as (
    select
        readings.ordinal,
        readings.digits,
        regexp_replace(
            readings.number, '^(....)(..)(.*)$', readings.prefix || '-\1-\2-\3'
        ) as invoice_number,
        existing.invoice_id,
        coalesce(
            billing._has_check_digits('RF' || readings.check_digits || readings.prefix || readings.number),
            readings.is_whole and not readings.is_touched_before and not readings.is_touched_behind
        ) as is_certain,
        readings.is_whole and not readings.is_touched_behind as is_ended
    from readings
    left join lateral (
        select invoices.invoice_id
        from billing.invoices
        where
            regexp_replace(invoices.invoice_number, '[^A-Z0-9]', '', 'g')
            = readings.prefix || readings.number
        limit 1
    ) as existing on true
),

ranked as (
    select
        judged.*,
        row_number() over (
            partition by judged.ordinal
            order by
                judged.invoice_id is null,
                judged.is_certain desc,
                judged.invoice_id is null and not judged.is_ended,
                case when judged.invoice_id is null then -judged.digits else judged.digits end desc
        ) as place,
        bool_or(judged.invoice_id is not null and judged.is_certain)
            over (partition by judged.ordinal) as has_certain
    from judged
)

select
    ranked.ordinal,
    ranked.invoice_id,
    ranked.invoice_number,
    ranked.is_certain
from ranked
where ranked.place = 1 or (ranked.invoice_id is not null and not ranked.has_certain)
order by
    ranked.ordinal,
    ranked.digits desc
$$;

comment on function billing._invoice_references (text[])
is 'Invoice numbers in the texts of a transfer, in the order given, several readings of one place where it is doubtful; invoice_id is null where there is no such invoice.';
