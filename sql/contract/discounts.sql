create or replace function billing._incoming_discounts()
returns table (
    line bigint,
    customer_id bigint,
    discount_code text,
    name text,
    percent numeric,
    amount numeric,
    currency text,
    minor_units smallint,
    starts_on date,
    ends_on date,
    plan_codes text[]
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    customers.customer_id,
    given.discount_code,
    given.name,
    given.percent,
    given.amount,
    customers.currency,
    currencies.exponent as minor_units,
    given.starts_on,
    given.ends_on,
    billing._listed(given.plan_codes) as plan_codes
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    discount_code text, name text, account_number text, percent numeric, amount numeric, starts_on date, ends_on date,
    plan_codes text
)
inner join billing.customers using (account_number)
inner join billing.currencies using (currency)
$$;

comment on function billing._incoming_discounts () is 'The good rows of the staged discounts.csv, typed.';

create or replace function billing._check_discounts()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['discount_code', 'account_number']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        account_number text, percent text, amount text
    )
    left join billing.customers using (account_number)
    left join billing.currencies using (currency)
    cross join lateral (
        select * from billing._agreement_rules(good.fields, 'discount_code')
        union all
        values
        ('percent', given.percent, 'a fraction of 0 to 1, such as 0.15 for 15%, or an amount in its place',
            coalesce(given.percent, given.amount) is not null
            and (given.percent is null or given.percent ~ '^(0(\.\d{1,20})?|1(\.0{1,20})?)$')),
        ('percent', given.percent, 'either a percent or an amount, not both',
            given.percent is null or given.amount is null),
        ('amount', given.amount, billing._amount_expected(customers.currency, currencies.exponent),
            given.amount is null or billing._is_amount(given.amount, currencies.exponent))
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
end;
$$;

comment on function billing._check_discounts () is 'Finds what is wrong with the staged discounts.csv, row by row.';

-- What discounts and commitments have in common: whose they are, from when to when, and for which plans.
create or replace function billing._agreement_rules(p_fields jsonb, p_key text)
returns table (
    column_name text,
    value text,
    expected text,
    is_met boolean
)
language sql
stable
security invoker
as $$
select rules.*
from jsonb_to_record(p_fields) as given (
    account_number text, name text, starts_on text, ends_on text, plan_codes text
)
cross join lateral (
    values
    (p_key, p_fields ->> p_key, 'text of 1 to 100 characters without control characters',
        billing.is_plain_text(p_fields ->> p_key, 100)),
    (p_key, p_fields ->> p_key, billing.code_problem(p_fields ->> p_key),
        billing.code_problem(p_fields ->> p_key) is null),
    ('account_number', given.account_number, 'an account of customers.csv', exists (
        select from billing.customers where customers.account_number = given.account_number
    )),
    ('name', given.name, 'text of 1 to 200 characters without control characters',
        billing.is_plain_text(given.name, 200)),
    ('starts_on', given.starts_on, 'a date such as 2026-02-28', billing.is_date(given.starts_on)),
    ('ends_on', given.ends_on, 'a date such as 2026-02-28, or nothing while it is open',
        given.ends_on is null or billing.is_date(given.ends_on)),
    ('ends_on', given.ends_on, format('no day before it starts, %s', given.starts_on),
        not billing.is_date(given.ends_on) or not billing.is_date(given.starts_on)
        or given.ends_on collate "C" >= given.starts_on),
    ('plan_codes', given.plan_codes, 'plans of plans.csv such as api;seats, or nothing for all', not exists (
        select from unnest(billing._listed(given.plan_codes)) as named (plan_code)
        where not exists (select from billing.pricing_plans where pricing_plans.plan_code = named.plan_code)
    ))
) as rules (column_name, value, expected, is_met)
$$;

comment on function billing._agreement_rules (jsonb, text)
is 'The rules of a row of discounts.csv or commitments.csv that both have, and whether it meets them.';

create or replace function billing._is_amount(p_value text, p_exponent smallint)
returns boolean
language sql
immutable
security invoker
return case
    when billing.is_decimal(p_value) then p_value::numeric = round(p_value::numeric, coalesce(p_exponent, 20))
    else false
end;

comment on function billing._is_amount (text, smallint)
is 'Whether a text is an amount of 0 or more in a currency with so many decimals; null: in any.';

create or replace function billing._amount_expected(p_currency text, p_exponent smallint)
returns text
language sql
stable
security invoker
return coalesce(
    'an amount of 0 or more in ' || p_currency || ', with at most ' || p_exponent || ' decimals',
    'an amount of 0 or more such as 5.00'
);

comment on function billing._amount_expected (text, smallint)
is 'What an amount in a currency is, in words; null: in any.';

-- Idempotent: a row that says what is stored already is not touched. A discount that was a mistake ends on the day it
-- starts; what was billed with it is billed again, as a difference.
create or replace function billing.load_discounts(p_skip_bad boolean)
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
begin
    perform billing._check_discounts();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    select written.added, cardinality(written.changed) into added, changed
    from billing._write_rows(
        p_table => 'discounts',
        p_key => array['customer_id', 'discount_code'],
        p_incoming => '_incoming_discounts',
        p_own => '{}'
    ) as written;
    perform billing._warn_of_short_discounts();
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_discounts (boolean)
is 'Loads the staged discounts.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';

-- What covers the first day of an interval takes its share off all of it; what covers only later days takes nothing.
create or replace function billing._warn_of_short_discounts()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_warnings (file, line, column_name, value, warning)
    select distinct on (incoming.line)
        'discounts.csv',
        incoming.line,
        'ends_on',
        incoming.ends_on::text,
        format(
            'shorter than the %s months of %s: off the whole price where it covers the first day, or not at all',
            phases.interval_months,
            pricing_plans.plan_code
        )
    from billing._incoming_discounts() as incoming
    inner join billing.discounts as stored using (customer_id, discount_code)
    inner join billing.subscriptions using (customer_id)
    inner join billing.subscription_phases as phases using (subscription_id)
    inner join billing.pricing_plans on phases.plan_id = pricing_plans.plan_id
    where
        now() in (stored.created_at, stored.updated_at)
        and incoming.percent is not null
        and incoming.ends_on > incoming.starts_on
        and incoming.ends_on < incoming.starts_on + make_interval(months => phases.interval_months)
        and phases.interval_months > 1
        and daterange(phases.starts_on, phases.ends_on) && daterange(incoming.starts_on, incoming.ends_on)
        and (incoming.plan_codes = '{}' or pricing_plans.plan_code = any (incoming.plan_codes))
    order by incoming.line, phases.interval_months desc, pricing_plans.plan_code collate "C";
end;
$$;

comment on function billing._warn_of_short_discounts ()
is 'Warns of new and changed discounts in percent that are shorter than an interval which they meet.';
