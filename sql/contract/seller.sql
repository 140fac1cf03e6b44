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

create or replace function billing._refuse_seller_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        null,
        'billing_timezone',
        good.fields ->> 'billing_timezone',
        format(
            '%s as before: %s was billed by its days',
            seller_profiles.billing_timezone,
            (
                select min(invoice_number) from billing.invoices
                where invoice_number is not null
            )
        )
    from billing._good_rows() as good
    cross join billing.seller_profiles
    where
        seller_profiles.billing_timezone <> good.fields ->> 'billing_timezone'
        and exists (select from billing.invoices where invoice_number is not null);
end;
$$;

comment on function billing._refuse_seller_changes ()
is 'Refuses another time zone once an invoice is numbered: the days it billed would move.';

-- Idempotent: the same company.toml changes nothing. A new time zone, possible until the first invoice is numbered,
-- empties the daily roll-up.
create or replace function billing.load_seller()
returns table (
    added bigint,
    changed bigint,
    unchanged bigint,
    bad bigint
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_timezone text := (select billing_timezone from billing.seller_profiles);
    v_written bigint;
begin
    perform billing._check_seller();
    perform billing._refuse_seller_changes();
    bad := (select count(*) from pg_temp.incoming_problems);
    if bad > 0 then
        return next;
        return;
    end if;
    v_written := billing._write_seller();
    if v_written > 0 and v_timezone <> billing.billing_timezone() then
        perform billing._reset_roll_up();
    end if;
    perform billing._resend_refused_emails();
    added := case when v_timezone is null then v_written else 0 end;
    changed := v_written - added;
    unchanged := 1 - v_written;
    return next;
end;
$$;

comment on function billing.load_seller ()
is 'Loads the staged company.toml as the seller. Nothing changes if file_problems() has any.';

create or replace function billing._write_seller()
returns bigint
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
declare
    v_written bigint;
begin
    insert into billing.seller_profiles as s (
        name, address_line1, postal_code, city, region, country, tax_registration_number, email, website, iban, bic,
        bank_name, billing_timezone, payment_terms_days, invoice_prefix, logo, logo_media_type
    )
    select
        i.name, i.address_line1, i.postal_code, i.city, i.region, i.country, i.tax_registration_number, i.email,
        i.website, i.iban, i.bic, i.bank_name, i.billing_timezone, i.payment_terms_days, i.invoice_prefix,
        decode(good.fields ->> 'logo_base64', 'base64'), i.logo_media_type
    from billing._good_rows() as good
    cross join lateral jsonb_populate_record(null::billing.seller_profiles, good.fields - 'logo') as i
    on conflict (is_only_row) do update
    set
        name = excluded.name, address_line1 = excluded.address_line1, postal_code = excluded.postal_code,
        city = excluded.city, region = excluded.region, country = excluded.country,
        tax_registration_number = excluded.tax_registration_number, email = excluded.email,
        website = excluded.website, iban = excluded.iban, bic = excluded.bic, bank_name = excluded.bank_name,
        billing_timezone = excluded.billing_timezone, payment_terms_days = excluded.payment_terms_days,
        invoice_prefix = excluded.invoice_prefix, logo = excluded.logo, logo_media_type = excluded.logo_media_type
    where (
        s.name, s.address_line1, s.postal_code, s.city, s.region, s.country, s.tax_registration_number, s.email,
        s.website, s.iban, s.bic, s.bank_name, s.billing_timezone, s.payment_terms_days, s.invoice_prefix, s.logo,
        s.logo_media_type
    ) is distinct from (
        excluded.name, excluded.address_line1, excluded.postal_code, excluded.city, excluded.region, excluded.country,
        excluded.tax_registration_number, excluded.email, excluded.website, excluded.iban, excluded.bic,
        excluded.bank_name, excluded.billing_timezone, excluded.payment_terms_days, excluded.invoice_prefix,
        excluded.logo, excluded.logo_media_type
    );
    get diagnostics v_written = row_count;
    return v_written;
end;
$$;

comment on function billing._write_seller ()
is 'Stores the staged seller; returns 0 where that is what is stored already.';

-- Locks the watermark, as every roll-up does; the next one counts all events again.
create or replace function billing._reset_roll_up()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    update billing.usage_watermarks set rolled_up_before_txid = 0;
    delete from billing.daily_usage;
    delete from billing.usage_months;
    delete from billing.accrued_weeks;
end;
$$;

comment on function billing._reset_roll_up ()
is 'Empties daily_usage, because the billing time zone and with it every day has moved.';
