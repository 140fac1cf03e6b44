create or replace function billing._incoming_tax_rates()
returns table (
    line bigint,
    tax_rate_id bigint,
    country text,
    region text,
    name text,
    rate numeric,
    valid_from date,
    valid_to date
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    tax_rates.tax_rate_id,
    given.country,
    given.region,
    given.name,
    given.rate,
    given.valid_from,
    given.valid_to
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    country text, region text, name text, rate numeric, valid_from date, valid_to date
)
left join billing.tax_rates
    on
        given.country = tax_rates.country
        and given.valid_from = tax_rates.valid_from
        and coalesce(given.region, '') = coalesce(tax_rates.region, '')
$$;

comment on function billing._incoming_tax_rates ()
is 'The good rows of the staged tax_rates.csv, typed; tax_rate_id is that of the stored row with the same key.';

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
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        country text, region text, name text, rate text, valid_from text, valid_to text
    )
    cross join lateral (
        values
        ('country', given.country, 'an ISO 3166 country code such as DE',
            exists (select from billing.countries where countries.country = given.country)),
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

create or replace function billing._refuse_tax_rate_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        incoming.line,
        changes.column_name,
        changes.value,
        reasons.expected
    from billing._incoming_tax_rates() as incoming
    inner join billing.tax_rates as stored using (tax_rate_id)
    cross join lateral (
        select
            daterange(incoming.valid_from, incoming.valid_to) as coming,
            daterange(stored.valid_from, stored.valid_to) as standing
    ) as days
    cross join lateral (
        values
        ('rate', incoming.rate::text, incoming.rate <> stored.rate, days.coming + days.standing),
        ('name', incoming.name, incoming.name <> stored.name, days.coming + days.standing),
        ('valid_to', incoming.valid_to::text, days.coming <> days.standing,
            (days.coming + days.standing) - (days.coming * days.standing))
    ) as changes (column_name, value, is_change, days)
    cross join lateral billing._taxed_by(incoming.country, incoming.region, changes.days) as reasons (expected)
    where changes.is_change and reasons.expected is not null;
end;
$$;

comment on function billing._refuse_tax_rate_changes ()
is 'Refuses changes of a tax rate for days on which a numbered invoice was taxed with it, naming the invoice.';

-- A line is taxed with the rate of the last day of its month, so only those days matter.
create or replace function billing._taxed_by(p_country text, p_region text, p_days daterange)
returns text
language sql
stable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
select format(
    'no change to a billed rate: %s taxed %s', invoices.invoice_number,
    to_char(invoice_line_items.service_period_start, 'YYYY-MM')
)
from billing.invoices
inner join billing.invoice_line_items using (invoice_id)
where
    invoices.invoice_number is not null
    and billing.counts_as_billed(invoices.status, invoices.waived_on)
    and invoice_line_items.tax_country = p_country
    and (
        p_region is null
        or p_region in (invoice_line_items.tax_region, invoices.customer_snapshot ->> 'region')
    )
    and invoice_line_items.tax_treatment = 'taxed'
    and (invoice_line_items.service_period_end - 1) <@ p_days
order by invoice_line_items.service_period_start desc
limit 1;
$$;

comment on function billing._taxed_by (text, text, daterange)
is 'The reason why a tax rate cannot change for these days, naming an invoice taxed there then; null: there is none.';

-- Compares what will be stored: the rows of the file and the stored rows it does not name.
create or replace function billing._refuse_overlapping_tax_rates()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    loop -- a row that is refused leaves the stored one standing, which the others may overlap
        insert into pg_temp.incoming_problems (line, column_name, value, expected)
        with incoming as (
            select * from billing._incoming_tax_rates()
        ),

        standing as (
            select
                line,
                country,
                region,
                name,
                valid_from,
                valid_to
            from incoming
            union all
            select
                null,
                stored.country,
                stored.region,
                stored.name,
                stored.valid_from,
                stored.valid_to
            from billing.tax_rates as stored
            where not exists (
                select from incoming
                where incoming.tax_rate_id = stored.tax_rate_id
            )
        )

        select distinct on (incoming.line)
            incoming.line,
            'valid_from',
            incoming.valid_from::text,
            format(
                'no other rate there at the time: %s %s%s',
                other.name,
                billing.until_text(other.valid_from, other.valid_to),
                ' (line ' || other.line || ')'
            )
        from incoming
        inner join standing as other
            on
                incoming.country = other.country
                and coalesce(incoming.region, '') = coalesce(other.region, '')
        where
            (other.line is null or other.line < incoming.line)
            and daterange(incoming.valid_from, incoming.valid_to) && daterange(other.valid_from, other.valid_to)
        order by incoming.line, other.line nulls first;
        exit when not found;
    end loop;
end;
$$;

comment on function billing._refuse_overlapping_tax_rates ()
is 'Refuses a second tax rate for a country and region at the same time, naming the other one.';

-- Idempotent by (country, region, valid_from). Ends are first drawn in and then drawn out, so that a border that moves
-- between two rates never makes them overlap on the way.
create or replace function billing.load_tax_rates(p_skip_bad boolean)
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
    perform billing._check_tax_rates();
    perform billing._refuse_tax_rate_changes();
    perform billing._refuse_overlapping_tax_rates();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    create temporary table changing_tax_rates on commit drop as
    select
        incoming.tax_rate_id,
        incoming.name,
        incoming.rate,
        incoming.valid_to
    from billing._incoming_tax_rates() as incoming
    inner join billing.tax_rates as stored using (tax_rate_id)
    where
        (stored.name, stored.rate, stored.valid_to)
        is distinct from (incoming.name, incoming.rate, incoming.valid_to);
    update billing.tax_rates as stored
    set valid_to = least(stored.valid_to, changing.valid_to)
    from pg_temp.changing_tax_rates as changing
    where stored.tax_rate_id = changing.tax_rate_id;
    update billing.tax_rates as stored
    set
        name = changing.name,
        rate = changing.rate,
        valid_to = changing.valid_to
    from pg_temp.changing_tax_rates as changing
    where stored.tax_rate_id = changing.tax_rate_id;
    get diagnostics changed = row_count;
    drop table pg_temp.changing_tax_rates;
    insert into billing.tax_rates (country, region, name, rate, valid_from, valid_to)
    select
        country,
        region,
        name,
        rate,
        valid_from,
        valid_to
    from billing._incoming_tax_rates()
    where tax_rate_id is null
    order by country, region, valid_from;
    get diagnostics added = row_count;
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_tax_rates (boolean)
is 'Loads the staged tax_rates.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';
