-- Dimensions are a set: they are stored in order of their names.
create or replace function billing._incoming_metrics()
returns table (
    line bigint,
    metric text,
    dimensions text[]
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    good.fields ->> 'metric' as metric,
    billing._listed(good.fields ->> 'dimensions') as dimensions
from billing._good_rows() as good
$$;

comment on function billing._incoming_metrics () is 'The good rows of the staged metrics.csv, typed.';

create or replace function billing._listed(p_value text)
returns text[]
language sql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select coalesce(array_agg(distinct btrim(name) collate "C" order by btrim(name) collate "C"), '{}')
from regexp_split_to_table(p_value, ';') as name
where btrim(name) <> ''
$$;

comment on function billing._listed (text)
is 'The names in a cell such as a;b, each once and in order; none for an empty cell.';

create or replace function billing._check_metrics()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['metric']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (metric text, dimensions text)
    cross join lateral (
        select billing._listed(given.dimensions) as names
    ) as listed
    cross join lateral (
        values
        ('metric', given.metric, 'text of 1 to 100 characters without control characters',
            billing.is_plain_text(given.metric, 100)),
        ('metric', given.metric, billing.code_problem(given.metric), billing.code_problem(given.metric) is null),
        ('dimensions', given.dimensions, 'names of event properties such as region;model, or nothing',
            not exists (
                select from unnest(listed.names) as names (name)
                where position('=' in name) > 0 or not billing.is_plain_text(name, 100)
            )),
        ('dimensions', given.dimensions, billing.code_problem(given.dimensions),
            billing.code_problem(given.dimensions) is null)
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;

    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        incoming.line,
        'dimensions',
        array_to_string(incoming.dimensions, ';'),
        format('%s as before: prices of %s ask for it', asked.name, min(pricing_plans.plan_code))
    from billing._incoming_metrics() as incoming
    inner join billing.metrics using (metric)
    inner join billing.pricing_plans using (metric_id)
    inner join billing.prices using (plan_id)
    inner join billing.price_cells using (price_id)
    cross join lateral jsonb_object_keys(price_cells.conditions) as asked (name)
    where asked.name <> all (incoming.dimensions)
    group by incoming.line, incoming.dimensions, asked.name;
end;
$$;

comment on function billing._check_metrics ()
is 'Finds what is wrong with the staged metrics.csv, and dimensions left out that prices ask for.';

-- Idempotent: a row that says what is stored already is not touched. Usage that was counted without a dimension is
-- counted again at once, since what is owed for it may be asked for in the same transaction.
create or replace function billing.load_metrics(p_skip_bad boolean)
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
    perform billing._check_metrics();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    select written.added, cardinality(written.changed) into added, changed
    from billing._write_rows(
        p_table => 'metrics',
        p_key => array['metric'],
        p_incoming => '_incoming_metrics',
        p_own => '{}'
    ) as written;
    if changed > 0 and exists (select from billing.daily_usage) then
        perform billing._empty_roll_up();
        perform billing.roll_up_usage();
    end if;
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_metrics (boolean)
is 'Loads the staged metrics.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';
