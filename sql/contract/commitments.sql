create or replace function billing._incoming_commitments()
returns table (
    line bigint,
    customer_id bigint,
    commitment_code text,
    name text,
    minimum numeric,
    maximum numeric,
    currency text,
    minor_units smallint,
    interval_months integer,
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
    given.commitment_code,
    given.name,
    given.minimum,
    given.maximum,
    customers.currency,
    currencies.exponent as minor_units,
    given.interval_months,
    given.starts_on,
    given.ends_on,
    billing._listed(given.plan_codes) as plan_codes
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    commitment_code text, name text, account_number text, minimum numeric, maximum numeric, interval_months integer,
    starts_on date, ends_on date, plan_codes text
)
inner join billing.customers using (account_number)
inner join billing.currencies using (currency)
$$;

comment on function billing._incoming_commitments () is 'The good rows of the staged commitments.csv, typed.';

create or replace function billing._check_commitments()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['commitment_code', 'account_number']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        account_number text, minimum text, maximum text, interval_months text
    )
    left join billing.customers using (account_number)
    left join billing.currencies using (currency)
    cross join lateral (
        select * from billing._agreement_rules(good.fields, 'commitment_code')
        union all
        values
        ('minimum', given.minimum, 'a minimum, a maximum, or both',
            coalesce(given.minimum, given.maximum) is not null),
        ('minimum', given.minimum, billing._amount_expected(customers.currency, currencies.exponent),
            given.minimum is null or billing._is_amount(given.minimum, currencies.exponent)),
        ('maximum', given.maximum, billing._amount_expected(customers.currency, currencies.exponent),
            given.maximum is null or billing._is_amount(given.maximum, currencies.exponent)),
        ('interval_months', given.interval_months, '1, 3, 6 or 12',
            coalesce(given.interval_months in ('1', '3', '6', '12'), false))
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;

    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        line,
        'minimum',
        trim_scale(minimum)::text,
        format('at most the maximum, %s', trim_scale(maximum))
    from billing._incoming_commitments()
    where minimum > maximum
    union all
    select
        incoming.line,
        'plan_codes',
        array_to_string(incoming.plan_codes, ';'),
        format(
            'no plan with a longer interval than %s: %s is billed every %s months',
            incoming.interval_months,
            pricing_plans.plan_code,
            pricing_plans.interval_months
        )
    from billing._incoming_commitments() as incoming
    inner join billing.pricing_plans on pricing_plans.plan_code = any (incoming.plan_codes)
    where pricing_plans.interval_months > incoming.interval_months;
end;
$$;

comment on function billing._check_commitments () is 'Finds what is wrong with the staged commitments.csv, row by row.';

-- Idempotent: a row that says what is stored already is not touched.
create or replace function billing.load_commitments(p_skip_bad boolean)
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
    perform billing._check_commitments();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    select written.added, cardinality(written.changed) into added, changed
    from billing._write_rows(
        p_table => 'commitments',
        p_key => array['customer_id', 'commitment_code'],
        p_incoming => '_incoming_commitments',
        p_own => '{}'
    ) as written;
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_commitments (boolean)
is 'Loads the staged commitments.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';
