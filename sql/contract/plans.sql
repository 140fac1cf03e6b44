-- A plan is for sale with its price: the one from the beginning, in the currency of the file. Without a currency its
-- prices are in prices.csv alone, and what it says of a price means nothing.
create or replace function billing._incoming_plans()
returns table (
    line bigint,
    plan_code text,
    name text,
    kind text,
    metric text,
    metric_id integer,
    interval_months integer,
    billed_in text,
    pricing_model text,
    currency text,
    unit_amount numeric,
    package_size numeric
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    given.plan_code,
    given.name,
    given.kind,
    case when given.kind = 'usage' then given.metric end as metric,
    case when given.kind = 'usage' then metrics.metric_id end as metric_id,
    coalesce(given.interval_months, 1) as interval_months,
    coalesce(given.billed_in, 'arrears') as billed_in,
    case when given.currency is not null then given.pricing_model end as pricing_model,
    given.currency,
    case when given.currency is not null and given.pricing_model in ('package', 'flat') then given.unit_amount end
    as unit_amount,
    case when given.currency is not null and given.pricing_model = 'package' then given.package_size end
    as package_size
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    plan_code text, name text, kind text, pricing_model text, metric text, currency text, unit_amount numeric,
    package_size numeric, interval_months integer, billed_in text
)
left join billing.metrics on given.metric = metrics.metric
$$;

comment on function billing._incoming_plans ()
is 'Good rows of plans.csv, typed; what a pricing model does not use is null, and metric_id for a new metric.';

create or replace function billing._stored_plans()
returns table (
    plan_id bigint,
    plan_code text,
    name text,
    kind text,
    metric text,
    interval_months integer,
    billed_in text,
    price_id bigint,
    pricing_model text,
    currency text,
    unit_amount numeric,
    package_size numeric
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    pricing_plans.plan_id,
    pricing_plans.plan_code,
    pricing_plans.name,
    pricing_plans.kind,
    metrics.metric,
    pricing_plans.interval_months,
    pricing_plans.billed_in,
    prices.price_id,
    prices.pricing_model,
    prices.currency,
    price_tiers.unit_amount,
    prices.package_size
from billing.pricing_plans
left join billing.metrics using (metric_id)
left join billing.prices on pricing_plans.plan_id = prices.plan_id and prices.valid_from = '-infinity'
left join billing.price_tiers
    on prices.price_id = price_tiers.price_id and prices.pricing_model in ('package', 'flat')
$$;

comment on function billing._stored_plans () is 'Plans with their price from the beginning, as plans.csv has them.';

-- Long for the rules of its columns.
create or replace function billing._check_plans()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['plan_code']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        plan_code text, name text, kind text, pricing_model text, metric text, currency text, unit_amount text,
        package_size text, interval_months text, billed_in text
    )
    cross join lateral (
        values
        ('plan_code', given.plan_code, 'text of 1 to 100 characters without control characters',
            billing.is_plain_text(given.plan_code, 100)),
        ('plan_code', given.plan_code, billing.code_problem(given.plan_code),
            billing.code_problem(given.plan_code) is null),
        ('metric', given.metric, billing.code_problem(given.metric), billing.code_problem(given.metric) is null),
        ('name', given.name, 'text of 1 to 200 characters without control characters',
            billing.is_plain_text(given.name, 200)),
        ('kind', given.kind, 'usage or flat', given.kind in ('usage', 'flat')),
        ('pricing_model', given.pricing_model, 'graduated, volume, package or flat; flat for kind flat',
            given.pricing_model = 'flat'
            or (given.kind is distinct from 'flat' and given.pricing_model in ('graduated', 'volume', 'package'))
            or (given.currency is null and given.pricing_model is null)),
        ('metric', given.metric, 'the metric whose usage is priced, 1 to 100 characters',
            given.kind is distinct from 'usage' or billing.is_plain_text(given.metric, 100)),
        ('currency', given.currency, 'an ISO 4217 currency code such as EUR, or nothing: its prices are in prices.csv',
            given.currency is null
            or exists (select from billing.currencies where currencies.currency = given.currency)),
        ('unit_amount', given.unit_amount, 'a price of 0 or more such as 0.001',
            given.currency is null or given.pricing_model in ('graduated', 'volume')
            or billing.is_decimal(given.unit_amount)),
        ('unit_amount', given.unit_amount, 'nothing: the prices of this plan are its tiers',
            given.pricing_model not in ('graduated', 'volume') or coalesce(given.unit_amount, '0') ~ '^0+(\.0+)?$'),
        ('unit_amount', given.unit_amount, 'nothing: a plan without a currency has its prices in prices.csv',
            given.currency is not null or coalesce(given.unit_amount, '0') ~ '^0+(\.0+)?$'),
        ('package_size', given.package_size, 'the units of a package, more than 0',
            given.currency is null or given.pricing_model <> 'package'
            or (billing.is_decimal(given.package_size) and given.package_size ~ '[1-9]')),
        ('package_size', given.package_size, 'nothing: only package plans have a package size',
            (given.currency is not null and given.pricing_model = 'package')
            or coalesce(given.package_size, '0') ~ '^0+(\.0+)?$'),
        ('interval_months', given.interval_months, '1, 3, 6 or 12, or nothing for 1; 1 for kind usage',
            coalesce(given.interval_months, '1') = '1'
            or (given.interval_months in ('3', '6', '12') and given.kind is distinct from 'usage')),
        ('billed_in', given.billed_in, 'arrears or advance, or nothing for arrears; arrears for kind usage',
            coalesce(given.billed_in, 'arrears') = 'arrears'
            or (given.billed_in = 'advance' and given.kind is distinct from 'usage'))
    ) as rules (column_name, value, expected, is_met)
    where not rules.is_met or (rules.is_met is null and rules.column_name in ('kind', 'pricing_model'));
end;
$$;

comment on function billing._check_plans () is 'Finds what is wrong with the staged plans.csv, field by field.';

-- A plan's price may change until the first invoice is computed with it; what ties subscriptions to it (metric,
-- interval, currency) only while nobody has subscribed. After that a new price is a new row of prices.csv, or a new
-- plan. Long for its columns.
create or replace function billing._refuse_plan_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table changing_plans on commit drop as
    select
        incoming.line,
        stored.plan_id,
        stored.plan_code,
        stored.price_id,
        differences.*
    from billing._incoming_plans() as incoming
    inner join billing._stored_plans() as stored using (plan_code)
    cross join lateral (
        values
        ('kind', incoming.kind, stored.kind, true),
        ('metric', incoming.metric, stored.metric, true),
        ('interval_months', incoming.interval_months::text, stored.interval_months::text, true),
        ('billed_in', incoming.billed_in, stored.billed_in, true),
        ('currency', incoming.currency, stored.currency, stored.price_id is not null),
        ('pricing_model', incoming.pricing_model, stored.pricing_model, false),
        ('unit_amount', trim_scale(incoming.unit_amount)::text, trim_scale(stored.unit_amount)::text, false),
        ('package_size', trim_scale(incoming.package_size)::text, trim_scale(stored.package_size)::text, false)
    ) as differences (column_name, value, stored, is_tie)
    where differences.value is distinct from differences.stored;

    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    with billed as (
        select
            prices.plan_id,
            found.price_id,
            found.reason
        from billing._billed_prices(
            array(select price_id from billing.prices where plan_id in (select plan_id from pg_temp.changing_plans))
        ) as found
        inner join billing.prices using (price_id)
    )

    select
        changing.line,
        changing.column_name,
        changing.value,
        reasons.expected
    from pg_temp.changing_plans as changing
    cross join lateral (
        select coalesce(
            (
                select min(billed.reason) from billed
                where
                    billed.plan_id = changing.plan_id
                    and (
                        billed.price_id = changing.price_id
                        or changing.column_name in ('kind', 'metric', 'interval_months', 'billed_in')
                    )
            ),
            case
                when
                    changing.is_tie
                    and exists (select from billing.subscription_phases where plan_id = changing.plan_id)
                    then format('%s as before: the plan has subscriptions', coalesce(changing.stored, 'nothing'))
                when
                    changing.column_name in ('kind', 'metric')
                    and exists (
                        select from billing.prices
                        where prices.plan_id = changing.plan_id and prices.valid_from > '-infinity'
                    )
                    then format('%s as before: the plan has prices in prices.csv', coalesce(changing.stored, 'nothing'))
            end,
            (
                select format('at most %s: commitment %s is for it', interval_months, commitment_code)
                from billing.commitments
                where
                    changing.column_name = 'interval_months'
                    and changing.plan_code = any (plan_codes)
                    and interval_months < changing.value::integer
                order by interval_months
                limit 1
            )
        )
    ) as reasons (expected)
    where reasons.expected is not null;
    drop table pg_temp.changing_plans;
end;
$$;

comment on function billing._refuse_plan_changes ()
is 'Refuses to change the price of a plan that is on a numbered invoice, or the metric, interval and currency of one in use.';

-- A void invoice counts too: whoever got it has it, and it was computed with this price.
create or replace function billing._billed_prices(p_price_ids bigint[])
returns table (
    price_id bigint,
    reason text
)
language sql
stable
parallel safe
security invoker
set search_path = pg_catalog, pg_temp
as $$
select distinct on (invoice_line_items.price_id)
    invoice_line_items.price_id,
    format('no change of a billed price: %s was computed with it', invoices.invoice_number) as reason
from billing.invoice_line_items
inner join billing.invoices using (invoice_id)
where
    invoice_line_items.price_id = any (p_price_ids)
    and invoices.invoice_number is not null
order by invoice_line_items.price_id asc, invoices.invoice_id asc
$$;

comment on function billing._billed_prices (bigint[])
is 'Those of these prices that cannot change, each with the reason: an invoice computed with it, void or not.';

-- Idempotent: a row that says what is stored already is not touched. A plan that stops having tiers loses them.
create or replace function billing.load_plans(p_skip_bad boolean)
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
    v_changed text[];
    v_repriced text[];
begin
    perform billing._check_plans();
    perform billing._refuse_plan_changes();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    perform billing.add_metrics(array(select metric from billing._incoming_plans()));
    v_repriced := array(
        select incoming.plan_code
        from billing._incoming_plans() as incoming
        inner join billing._stored_plans() as stored using (plan_code)
        where
            (incoming.pricing_model, incoming.currency, incoming.unit_amount, incoming.package_size)
            is distinct from (stored.pricing_model, stored.currency, stored.unit_amount, stored.package_size)
    );
    select written.added, written.changed into added, v_changed
    from billing._write_rows(
        p_table => 'pricing_plans',
        p_key => array['plan_code'],
        p_incoming => '_incoming_plans',
        p_own => '{}'
    ) as written;
    perform billing._write_plan_prices();
    insert into pg_temp.incoming_changes (file, line, plan_id)
    select 'plans.csv', incoming.line, pricing_plans.plan_id
    from billing._incoming_plans() as incoming
    inner join billing.pricing_plans using (plan_code)
    where incoming.plan_code = any (v_repriced);
    changed := (select count(distinct code) from unnest(v_changed || v_repriced) as codes (code));
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_plans (boolean)
is 'Loads the staged plans.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';

-- A flat or package price is one tier without a name; a tiered one waits for tiers.csv.
create or replace function billing._write_plan_prices()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table plan_prices_in on commit drop as
    select
        pricing_plans.plan_id,
        incoming.pricing_model,
        incoming.currency,
        incoming.unit_amount,
        incoming.package_size
    from billing._incoming_plans() as incoming
    inner join billing.pricing_plans using (plan_code);

    delete from billing.prices
    using pg_temp.plan_prices_in as incoming
    where
        prices.plan_id = incoming.plan_id
        and prices.valid_from = '-infinity'
        and incoming.currency is null;
    update billing.prices as stored
    set
        currency = incoming.currency,
        pricing_model = incoming.pricing_model,
        package_size = incoming.package_size,
        updated_at = now()
    from pg_temp.plan_prices_in as incoming
    where
        stored.plan_id = incoming.plan_id
        and stored.valid_from = '-infinity'
        and (stored.currency, stored.pricing_model, stored.package_size)
        is distinct from (incoming.currency, incoming.pricing_model, incoming.package_size);
    insert into billing.prices (plan_id, currency, valid_from, pricing_model, package_size)
    select incoming.plan_id, incoming.currency, '-infinity', incoming.pricing_model, incoming.package_size
    from pg_temp.plan_prices_in as incoming
    where
        incoming.currency is not null
        and not exists (
            select from billing.prices where prices.plan_id = incoming.plan_id and prices.valid_from = '-infinity'
        )
    order by incoming.plan_id;
    insert into billing.price_cells (price_id, cell_position)
    select prices.price_id, 1
    from billing.prices
    inner join pg_temp.plan_prices_in using (plan_id)
    where
        prices.valid_from = '-infinity'
        and not exists (select from billing.price_cells where price_cells.price_id = prices.price_id);
    perform billing._write_plan_tiers();
    drop table pg_temp.plan_prices_in;
end;
$$;

comment on function billing._write_plan_prices ()
is 'Makes the price from the beginning of each plan of plans.csv what the file says, or takes it away.';

create or replace function billing._write_plan_tiers()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from billing.price_tiers
    using billing.prices, pg_temp.plan_prices_in as incoming
    where
        prices.price_id = price_tiers.price_id
        and prices.plan_id = incoming.plan_id
        and prices.valid_from = '-infinity'
        and (price_tiers.tier is null) <> (incoming.pricing_model in ('package', 'flat'));
    update billing.price_tiers
    set unit_amount = incoming.unit_amount
    from billing.prices, pg_temp.plan_prices_in as incoming
    where
        prices.price_id = price_tiers.price_id
        and prices.plan_id = incoming.plan_id
        and prices.valid_from = '-infinity'
        and price_tiers.tier is null
        and price_tiers.unit_amount <> incoming.unit_amount;
    insert into billing.price_tiers (price_id, cell_position, tier_position, unit_amount)
    select prices.price_id, 1, 1, incoming.unit_amount
    from billing.prices
    inner join pg_temp.plan_prices_in as incoming using (plan_id)
    where
        prices.valid_from = '-infinity'
        and incoming.unit_amount is not null
        and not exists (select from billing.price_tiers where price_tiers.price_id = prices.price_id)
    order by prices.price_id;
end;
$$;

comment on function billing._write_plan_tiers ()
is 'Makes the one tier of flat and package plans what plans.csv says, and takes away what no longer fits the model.';
