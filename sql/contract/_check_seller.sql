create or replace function billing._check_seller()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['name']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select null, rules.column_name, rules.value, rules.expected
    from billing._good_rows() as good
    cross join lateral (
        select
            good.fields ->> 'billing_timezone' as timezone,
            good.fields ->> 'payment_terms_days' as terms
    ) as given
    cross join lateral (
        select 'logo', good.fields ->> 'logo', good.fields ->> 'logo_problem', not good.fields ? 'logo_problem'
        union all
        select column_name, good.fields ->> column_name, 'text of at most 200 characters without control characters',
            good.fields ->> column_name is null and not is_required
            or billing.is_plain_text(good.fields ->> column_name, 200)
        from (
            values ('name', true), ('address_line1', true), ('postal_code', true), ('city', true), ('region', false),
            ('tax_registration_number', false), ('bank_name', false)
        ) as texts (column_name, is_required)
        union all
        values
        ('country', good.fields ->> 'country', 'an ISO 3166 country code such as DE',
            exists (select from billing.countries where country = good.fields ->> 'country')),
        ('email', good.fields ->> 'email', 'one e-mail address, in ASCII', billing.is_email(good.fields ->> 'email')),
        ('website', good.fields ->> 'website', 'a web address such as https://example.com',
            coalesce(good.fields ->> 'website' ~ '^https?://[^\s<>"]{1,200}$', true)),
        ('iban', good.fields ->> 'iban', 'an IBAN with valid check digits',
            good.fields ->> 'iban' is null or (good.fields ->> 'is_iban_valid')::boolean),
        ('bic', good.fields ->> 'bic', 'a BIC of 8 or 11 characters',
            good.fields ->> 'bic' is null or (good.fields ->> 'is_bic_valid')::boolean),
        ('billing_timezone', given.timezone, 'an IANA time zone such as Europe/Berlin',
            given.timezone !~ '^(posix|right)/|^(posixrules|localtime|Factory)$' and exists (
                select from pg_catalog.pg_timezone_names where name = given.timezone
            )),
        ('payment_terms_days', given.terms, 'a whole number of days from 0 to 365',
            case when given.terms ~ '^\d{1,3}$' then given.terms::integer <= 365 else false end),
        ('invoice_prefix', good.fields ->> 'invoice_prefix', '1 to 10 capital letters and digits, not CN',
            good.fields ->> 'invoice_prefix' ~ '^[A-Z][A-Z0-9]{0,9}$' and good.fields ->> 'invoice_prefix' <> 'CN')
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
end;
$$;

comment on function billing._check_seller () is 'Finds what is wrong with the staged company.toml, field by field.';
