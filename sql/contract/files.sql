-- Makes the session's staging tables, or empties them: incoming_rows, into which a file is copied, and
-- incoming_problems, which the load functions fill. They are private to the session, so public may insert. What is in
-- incoming_warnings stays until the transaction ends: it is read once, for all files of a load.
-- Locks: 'run', to the end of the transaction: no run bills half a catalog, and what is
-- billed history stands still while it is checked.
create or replace function billing.begin_file()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.lock('run');
    if to_regclass('pg_temp.incoming_rows') is null then
        create temporary table incoming_rows (
            line bigint not null,
            fields jsonb not null,
            unreadable text
        ) on commit delete rows;
        create temporary table incoming_problems (
            line bigint,
            column_name text not null,
            value text,
            expected text not null
        ) on commit delete rows;
        create temporary table incoming_warnings (
            file text not null,
            line bigint not null,
            column_name text not null,
            value text,
            warning text not null
        ) on commit delete rows;
        grant insert on pg_temp.incoming_rows to public;
    end if;
    perform billing.require_staging(array['incoming_rows', 'incoming_problems', 'incoming_warnings']);
    delete from pg_temp.incoming_rows;
    delete from pg_temp.incoming_problems;
end;
$$;

comment on function billing.begin_file ()
is 'Prepares pg_temp.incoming_rows (line, fields, unreadable) for COPY: one row per row of a catalog file.';

-- plpgsql keeps this an optimisation fence: a caller's casts never see a row that has been found bad.
create or replace function billing._good_rows()
returns table (
    line bigint,
    fields jsonb
)
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    return query
    select
        incoming_rows.line,
        incoming_rows.fields
    from pg_temp.incoming_rows
    where not exists (
        select from pg_temp.incoming_problems
        where incoming_problems.line = incoming_rows.line
    );
end;
$$;

comment on function billing._good_rows ()
is 'Staged rows in which no problem has been found so far.';

-- What goes for every file: a row must be readable, and a key may come twice only if the whole row does. Exact repeats
-- are taken out of the staging table, so that the rest may count on each key being there once.
create or replace function billing._check_rows(p_key text[])
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_staging(array['incoming_rows', 'incoming_problems']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select line, 'row', fields ->> 'row', unreadable
    from pg_temp.incoming_rows
    where unreadable is not null;

    create temporary table keyed_rows on commit drop as
    select
        good.line,
        good.fields,
        first_value(good.line) over first_of_key as first_line,
        first_value(good.fields) over first_of_key as first_fields
    from billing._good_rows() as good
    window first_of_key as (
        partition by (select jsonb_agg(good.fields -> key order by key) from unnest(p_key) as names (key))
        order by good.line
    );
    delete from pg_temp.incoming_rows
    using pg_temp.keyed_rows
    where
        incoming_rows.line = keyed_rows.line
        and keyed_rows.line > keyed_rows.first_line
        and keyed_rows.fields = keyed_rows.first_fields;
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select line, p_key[1], fields ->> p_key[1], format('no other row for it than line %s', first_line)
    from pg_temp.keyed_rows
    where fields <> first_fields;
    drop table pg_temp.keyed_rows;
end;
$$;

comment on function billing._check_rows (text[])
is 'Finds unreadable rows and rows that contradict an earlier one with the same key; drops exact repeats.';

create or replace function billing._is_refused(p_skip_bad boolean)
returns boolean
language plpgsql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    return not p_skip_bad and exists (select from pg_temp.incoming_problems);
end;
$$;

comment on function billing._is_refused (boolean)
is 'Whether the staged file must not be loaded: it has a problem, and bad rows are not to be skipped.';

-- What the latest load function of this transaction found, in the order of the file; a bad row may come more than once.
create or replace function billing.file_problems()
returns table (
    line bigint,
    column_name text,
    value text,
    expected text,
    fields jsonb
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing.require_staging(array['incoming_rows', 'incoming_problems']);
    return query
    select
        incoming_problems.line,
        incoming_problems.column_name,
        incoming_problems.value,
        incoming_problems.expected,
        incoming_rows.fields
    from pg_temp.incoming_problems
    left join pg_temp.incoming_rows using (line)
    order by incoming_problems.line nulls last, incoming_problems.column_name, incoming_problems.expected;
end;
$$;

comment on function billing.file_problems ()
is 'Problems of the file just checked: line, column, value, what was expected, and the row as it came.';

create or replace function billing._resend_refused_emails()
returns void
language sql
volatile
security invoker
as $$
update billing.emails
set
    state = 'queued',
    failed_at = null,
    to_address = present.address
from billing.refused_emails() as refused
inner join billing.customers using (customer_id)
cross join billing.seller_profiles
cross join lateral (
    select
        case
            when refused.template = 'manual_review' then seller_profiles.email
            else customers.billing_email
        end as address
) as present
where emails.email_id = refused.email_id and present.address <> refused.to_address
$$;

comment on function billing._resend_refused_emails ()
is 'Puts e-mails that were refused back into the outbox where the customer, or finance, now has another address.';

-- The catalog as files have it: every value a text as `billing load` reads it, null where a cell is empty. Read in one
-- statement, so that the files agree with each other.
create or replace function billing.catalog_rows()
returns table (
    file_name text,
    fields jsonb
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select rows.file_name, rows.fields
from (
    select
        'company.toml' as file_name, 0 as length, array[]::text[] as place,
        to_jsonb(s) - '{is_only_row,link_secret,logo}'::text[]
        || jsonb_build_object('logo_base64', encode(s.logo, 'base64')) as fields
    from billing.seller_profiles as s
    union all
    select
        'customers.csv', length(c.account_number), array[c.account_number],
        to_jsonb(c) || jsonb_build_object('signed_up_on', to_char(c.signed_up_on, 'YYYY-MM-DD'))
    from billing.customers as c
    union all
    select
        'plans.csv', 0, array[p.plan_code],
        to_jsonb(p) || jsonb_build_object(
            'metric', metrics.metric,
            'unit_amount', trim_scale(p.unit_amount)::text,
            'package_size', trim_scale(p.package_size)::text
        )
    from billing.pricing_plans as p
    left join billing.metrics using (metric_id)
    union all
    select
        'tiers.csv', 0, array[p.plan_code, to_char(t.tier_position, 'FM0000000000')],
        jsonb_build_object(
            'plan_code', p.plan_code,
            'tier', t.tier,
            'up_to', trim_scale(t.up_to)::text,
            'unit_amount', trim_scale(t.unit_amount)::text,
            'flat_amount', trim_scale(t.flat_amount)::text
        )
    from billing.price_tiers as t
    inner join billing.pricing_plans as p using (plan_id)
    union all
    select
        'subscriptions.csv', length(c.account_number),
        array[c.account_number, p.plan_code, to_char(s.starts_on, 'YYYY-MM-DD')],
        jsonb_build_object(
            'account_number', c.account_number,
            'plan_code', p.plan_code,
            'quantity', trim_scale(s.quantity)::text,
            'starts_on', to_char(s.starts_on, 'YYYY-MM-DD'),
            'ends_on', to_char(s.ends_on, 'YYYY-MM-DD')
        )
    from billing.subscriptions as s
    inner join billing.customers as c using (customer_id)
    inner join billing.pricing_plans as p using (plan_id)
    union all
    select
        'tax_rates.csv', 0, array[t.country, coalesce(t.region, ''), to_char(t.valid_from, 'YYYY-MM-DD')],
        to_jsonb(t) || jsonb_build_object(
            'rate', trim_scale(t.rate)::text,
            'valid_from', to_char(t.valid_from, 'YYYY-MM-DD'),
            'valid_to', to_char(t.valid_to, 'YYYY-MM-DD')
        )
    from billing.tax_rates as t
) as rows
order by rows.file_name, rows.length, rows.place collate "C"
$$;

comment on function billing.catalog_rows ()
is 'The seller, customers, plans, tiers, subscriptions and tax rates, row by row, with the columns of the files that load them.';
