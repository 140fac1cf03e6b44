create or replace function billing._incoming_seller()
returns setof billing.seller_profiles
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select seller.*
from billing._good_rows() as good
cross join lateral (
    select
        jsonb_build_object(
            'accounts', coalesce(max(accounts::text), '{}')::jsonb, 'datev', coalesce(max(datev::text), '{}')::jsonb
        ) as tables
    from billing.seller_profiles
) as kept
cross join lateral jsonb_populate_record(
    null::billing.seller_profiles,
    kept.tables || good.fields
    || jsonb_build_object('is_only_row', true, 'logo', decode(good.fields ->> 'logo_base64', 'base64'))
) as seller
$$;

comment on function billing._incoming_seller ()
is 'The staged company.toml, typed, if nothing is wrong with it.';

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
    select
        null::bigint,
        rules.column_name,
        rules.value,
        rules.expected
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
            exists (select from billing.countries where countries.country = good.fields ->> 'country')),
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
    where rules.is_met is not true
    union all
    select null, 'dunning.' || problems.way, problems.value, problems.expected
    from billing._good_rows() as good
    cross join lateral billing.dunning_policy_problems(good.fields -> 'dunning') as problems
    union all
    select null, problems.column_name, problems.value, problems.expected
    from billing._good_rows() as good
    cross join lateral billing.ledger_problems(good.fields -> 'accounts', good.fields -> 'datev') as problems;
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
-- moves every day, and the usage of each is counted again.
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
    v_has_new_policy boolean;
begin
    perform billing._check_seller();
    perform billing._refuse_seller_changes();
    bad := (select count(*) from pg_temp.incoming_problems);
    if bad > 0 then
        return next;
        return;
    end if;
    select written.added, cardinality(written.changed) into added, changed
    from billing._write_rows(
        p_table => 'seller_profiles',
        p_key => array['is_only_row'],
        p_incoming => '_incoming_seller',
        p_own => '{link_secret}'
    ) as written;
    if v_timezone <> billing.billing_timezone() then
        perform billing._empty_roll_up();
    end if;
    perform billing._resend_refused_emails();
    select billing.replace_dunning_policy(good.fields -> 'dunning') into v_has_new_policy
    from billing._good_rows() as good;
    changed := greatest(changed, v_has_new_policy::integer - added);
    unchanged := 1 - added - changed;
    return next;
end;
$$;

comment on function billing.load_seller ()
is 'Loads the staged company.toml as the seller, with its policy of dunning. Nothing changes if file_problems() has any.';

-- Locks the watermark, as every roll-up does.
create or replace function billing._empty_roll_up()
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

comment on function billing._empty_roll_up ()
is 'Takes away what was counted of usage: the next roll-up counts all events again.';
