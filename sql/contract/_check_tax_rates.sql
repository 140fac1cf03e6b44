create or replace function billing._check_tax_rates()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['country', 'region', 'valid_from']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select good.line, rules.column_name, rules.value, rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        country text, region text, name text, rate text, valid_from text, valid_to text
    )
    cross join lateral (
        values
        ('country', given.country, 'an ISO 3166 country code such as DE',
            exists (select from billing.countries where country = given.country)),
        ('region', given.region, 'text of at most 200 characters without control characters',
            given.region is null or billing.is_plain_text(given.region, 200)),
        ('region', given.region, billing.code_problem(given.region), billing.code_problem(given.region) is null),
        ('name', given.name, 'text of 1 to 200 characters without control characters',
            billing.is_plain_text(given.name, 200)),
        ('rate', given.rate, 'a fraction below 1, such as 0.19 for 19%',
            billing.is_decimal(given.rate) and given.rate ~ '^0+(\.|$)'),
        ('valid_from', given.valid_from, 'a date such as 2026-02-28', billing.is_date(given.valid_from)),
        ('valid_to', given.valid_to, 'a date such as 2026-02-28, or nothing while it is valid',
            given.valid_to is null or billing.is_date(given.valid_to)),
        ('valid_to', given.valid_to, format('no day before it begins, %s', given.valid_from),
            not billing.is_date(given.valid_to) or not billing.is_date(given.valid_from)
            or given.valid_to collate "C" >= given.valid_from)
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
end;
$$;

comment on function billing._check_tax_rates () is 'Finds what is wrong with the staged tax_rates.csv, row by row.';
