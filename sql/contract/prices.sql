-- Rows with the same plan, currency, account and first day are one price; those with the same cell one ladder of tiers.
-- price_line and cell_line, the first lines of these, name them within the file. Cells stand in order of their names,
-- tiers in order of their bounds, whatever the order of the file.
create or replace function billing._incoming_prices()
returns table (
    line bigint,
    price_line bigint,
    cell_line bigint,
    price_id bigint,
    plan_id bigint,
    currency text,
    customer_id bigint,
    valid_from date,
    valid_to date,
    pricing_model text,
    package_size numeric,
    cell_position integer,
    cell text,
    conditions jsonb,
    tier_position integer,
    tier text,
    up_to numeric,
    unit_amount numeric,
    flat_amount numeric
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select
    good.line,
    min(good.line) over price as price_line,
    min(good.line) over ladder as cell_line,
    coalesce(own.price_id, list.price_id) as price_id,
    pricing_plans.plan_id,
    given.currency,
    customers.customer_id,
    given.valid_from,
    given.valid_to,
    given.pricing_model,
    case when given.pricing_model = 'package' then given.package_size end as package_size,
    (dense_rank() over (price order by coalesce(given.cell, '') collate "C"))::integer as cell_position,
    given.cell,
    billing._conditions(given."where") as conditions,
    (row_number() over (ladder order by given.up_to nulls last))::integer as tier_position,
    given.tier,
    given.up_to,
    given.unit_amount,
    coalesce(given.flat_amount, 0) as flat_amount
from billing._good_rows() as good
cross join lateral jsonb_to_record(good.fields) as given (
    plan_code text, currency text, account_number text, valid_from date, pricing_model text, package_size numeric,
    cell text, "where" text, tier text, up_to numeric, unit_amount numeric, flat_amount numeric, valid_to date
)
inner join billing.pricing_plans using (plan_code)
left join billing.customers using (account_number)
left join billing.prices as own
    on
        pricing_plans.plan_id = own.plan_id
        and given.currency = own.currency
        and customers.customer_id = own.customer_id
        and given.valid_from = own.valid_from
left join billing.prices as list
    on
        customers.customer_id is null
        and pricing_plans.plan_id = list.plan_id
        and given.currency = list.currency
        and list.customer_id is null
        and given.valid_from = list.valid_from
window
    price as (partition by pricing_plans.plan_id, given.currency, customers.customer_id, given.valid_from),
    ladder as (
        partition by pricing_plans.plan_id, given.currency, customers.customer_id, given.valid_from, given.cell
    )
$$;

comment on function billing._incoming_prices ()
is 'The good rows of the staged prices.csv, typed, with the price they are of.';

create or replace function billing._conditions(p_where text)
returns jsonb
language sql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select coalesce(jsonb_object_agg(btrim(split_part(pair, '=', 1)), btrim(substr(pair, strpos(pair, '=') + 1))), '{}')
from regexp_split_to_table(p_where, ';') as pair
$$;

comment on function billing._conditions (text)
is 'What region=eu;model=large asks of an event, as an object; {} for an empty cell.';

create or replace function billing._where_problem(p_where text, p_dimensions text[])
returns text
language sql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select case
    when p_where is null then null
    when p_dimensions = '{}' then 'nothing: metrics.csv names no dimensions of the metric'
    when bool_or(pairs.name = '' or pairs.value = '') then 'conditions such as region=eu;model=large'
    when bool_or(pairs.name <> all (p_dimensions))
        then format('conditions on %s, the dimensions of the metric', array_to_string(p_dimensions, ', '))
    when count(distinct pairs.name) < count(*) then 'one condition for each property'
end
from (
    select
        btrim(split_part(pair, '=', 1)) as name,
        case when position('=' in pair) = 0 then '' else btrim(substr(pair, strpos(pair, '=') + 1)) end as value
    from regexp_split_to_table(p_where, ';') as pair
) as pairs
$$;

comment on function billing._where_problem (text, text[])
is 'What the conditions of a cell must be that these are not; null: nothing.';

-- Long for the rules of its columns.
create or replace function billing._check_prices()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['plan_code', 'currency', 'account_number', 'valid_from', 'cell', 'tier']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        plan_code text, currency text, account_number text, valid_from text, pricing_model text, package_size text,
        cell text, "where" text, tier text, up_to text, unit_amount text, flat_amount text, valid_to text
    )
    left join billing.pricing_plans on given.plan_code = pricing_plans.plan_code
    left join billing.metrics on pricing_plans.metric_id = metrics.metric_id
    left join billing.customers on given.account_number = customers.account_number
    cross join lateral (
        select coalesce(given.pricing_model in ('graduated', 'volume'), false) as has_tiers
    ) as model
    cross join lateral (
        values
        ('plan_code', given.plan_code, 'a plan of plans.csv', pricing_plans.plan_id is not null),
        ('currency', given.currency, 'an ISO 4217 currency code such as EUR',
            exists (select from billing.currencies where currencies.currency = given.currency)),
        ('account_number', given.account_number, 'an account of customers.csv, or nothing for the list',
            given.account_number is null or customers.customer_id is not null),
        ('currency', given.currency, format('%s, the currency of the customer', customers.currency),
            coalesce(given.currency = customers.currency, true)),
        ('valid_from', given.valid_from, 'a date such as 2026-02-28', billing.is_date(given.valid_from)),
        ('valid_to', given.valid_to, 'a date such as 2026-02-28, or nothing while it is open',
            given.valid_to is null or billing.is_date(given.valid_to)),
        ('valid_to', given.valid_to, 'nothing: a price of the list ends where the next begins',
            given.valid_to is null or given.account_number is not null),
        ('valid_to', given.valid_to, format('no day before it starts, %s', given.valid_from),
            not billing.is_date(given.valid_to) or not billing.is_date(given.valid_from)
            or given.valid_to collate "C" >= given.valid_from),
        ('pricing_model', given.pricing_model, 'graduated, volume, package or flat; flat for kind flat',
            given.pricing_model = 'flat'
            or (pricing_plans.kind is distinct from 'flat' and (given.pricing_model = 'package' or model.has_tiers))),
        ('package_size', given.package_size, 'the units of a package, more than 0',
            given.pricing_model is distinct from 'package'
            or (billing.is_decimal(given.package_size) and given.package_size ~ '[1-9]')),
        ('package_size', given.package_size, 'nothing: only package prices have a package size',
            given.pricing_model is not distinct from 'package'
            or coalesce(given.package_size, '0') ~ '^0+(\.0+)?$'),
        ('cell', given.cell, 'text of 1 to 200 characters without control characters, or nothing',
            given.cell is null or billing.is_plain_text(given.cell, 200)),
        ('cell', given.cell, 'nothing: only usage is priced by properties of its events',
            given.cell is null or pricing_plans.kind is distinct from 'flat'),
        ('where', given."where", billing._where_problem(given."where", coalesce(metrics.dimensions, '{}')),
            pricing_plans.plan_id is null
            or billing._where_problem(given."where", coalesce(metrics.dimensions, '{}')) is null),
        ('tier', given.tier, 'text of 1 to 200 characters without control characters',
            not model.has_tiers or billing.is_plain_text(given.tier, 200)),
        ('tier', given.tier, 'nothing: only graduated and volume prices have tiers',
            model.has_tiers or given.tier is null),
        ('up_to', given.up_to, 'a quantity above 0, or nothing for no bound',
            given.up_to is null or (billing.is_decimal(given.up_to) and given.up_to ~ '[1-9]')),
        ('up_to', given.up_to, 'nothing: only graduated and volume prices have tiers',
            model.has_tiers or given.up_to is null),
        ('unit_amount', given.unit_amount, 'a price of 0 or more such as 0.001',
            billing.is_decimal(given.unit_amount)),
        ('flat_amount', given.flat_amount, 'an amount of 0 or more such as 5.00, or nothing',
            given.flat_amount is null or billing.is_decimal(given.flat_amount)),
        ('flat_amount', given.flat_amount, 'nothing: only graduated and volume prices have tiers',
            model.has_tiers or coalesce(given.flat_amount, '0') ~ '^0+(\.0+)?$')
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
    perform billing._check_price_groups();
    perform billing._spoil_groups(
        array['plan_code', 'currency', 'account_number', 'valid_from'], 'a price without bad rows'
    );
end;
$$;

comment on function billing._check_prices ()
is 'Finds what is wrong with the staged prices.csv, row by row and price by price.';

-- Two cells tie where an event may fulfil the conditions of both and neither has more of them, unless a cell with more
-- takes each such event. Long for what the rows of a price must agree on.
create or replace function billing._check_price_groups()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table staged_prices on commit drop as
    select
        incoming.*,
        (select count(*) from jsonb_object_keys(incoming.conditions)) as asked
    from billing._incoming_prices() as incoming;

    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        incoming.line,
        differences.column_name,
        differences.value,
        format('the same as in line %s: %s', differences.first_line, coalesce(differences.first_value, 'nothing'))
    from pg_temp.staged_prices as incoming
    inner join pg_temp.staged_prices as of_price on incoming.price_line = of_price.line
    inner join pg_temp.staged_prices as of_cell on incoming.cell_line = of_cell.line
    cross join lateral (
        values
        ('pricing_model', of_price.line, incoming.pricing_model, of_price.pricing_model),
        ('package_size', of_price.line, trim_scale(incoming.package_size)::text,
            trim_scale(of_price.package_size)::text),
        ('valid_to', of_price.line, incoming.valid_to::text, of_price.valid_to::text),
        ('where', of_cell.line, billing._where_text(incoming.conditions), billing._where_text(of_cell.conditions))
    ) as differences (column_name, first_line, value, first_value)
    where differences.value is distinct from differences.first_value
    union all
    select
        later.line,
        'up_to',
        later.up_to::text,
        format('another bound than line %s', min(earlier.line))
    from pg_temp.staged_prices as later
    inner join pg_temp.staged_prices as earlier
        on
            later.cell_line = earlier.cell_line
            and later.line > earlier.line
            and later.up_to is not distinct from earlier.up_to
    group by later.line, later.up_to
    union all
    select
        later.line,
        'where',
        billing._where_text(later.conditions),
        format(
            'no tie with cell %s (line %s): an event may fulfil both',
            coalesce(earlier.cell, 'without a name'),
            earlier.line
        )
    from pg_temp.staged_prices as later
    inner join pg_temp.staged_prices as earlier using (price_line, asked)
    where
        later.line = later.cell_line
        and earlier.line = earlier.cell_line
        and later.line > earlier.line
        and later.conditions || earlier.conditions = earlier.conditions || later.conditions
        and not exists (
            select from pg_temp.staged_prices as closer
            where
                closer.price_line = later.price_line
                and closer.asked > later.asked
                and later.conditions || earlier.conditions @> closer.conditions
        );
    drop table pg_temp.staged_prices;
end;
$$;

comment on function billing._check_price_groups ()
is 'Finds rows of prices.csv that contradict others of their price, and cells that tie.';

create or replace function billing._where_text(p_conditions jsonb)
returns text
language sql
immutable
security invoker
set search_path = pg_catalog, pg_temp
as $$
select string_agg(name || '=' || value, ';' order by name collate "C")
from jsonb_each_text(p_conditions) as conditions (name, value)
$$;

comment on function billing._where_text (jsonb) is 'Conditions of a cell as prices.csv has them; null: none.';

-- Long for its columns.
create or replace function billing._changing_prices()
returns table (
    line bigint,
    price_line bigint,
    price_id bigint,
    plan_id bigint,
    currency text,
    customer_id bigint,
    valid_from date,
    valid_to date,
    pricing_model text,
    package_size numeric,
    cell_position integer,
    cell text,
    conditions jsonb,
    tier_position integer,
    tier text,
    up_to numeric,
    unit_amount numeric,
    flat_amount numeric,
    has_same_tiers boolean
)
language sql
stable
security invoker
set search_path = pg_catalog, pg_temp
as $$
with incoming as materialized (
    select * from billing._incoming_prices()
),

incoming_lists as (
    select
        price_line,
        array_agg(
            row(cell, conditions, tier, up_to, unit_amount, flat_amount) order by cell_position, tier_position
        ) as tiers
    from incoming
    group by price_line
),

stored_lists as (
    select
        price_tiers.price_id,
        array_agg(
            row(
                price_cells.cell,
                price_cells.conditions,
                price_tiers.tier,
                price_tiers.up_to,
                price_tiers.unit_amount,
                price_tiers.flat_amount
            )
            order by price_tiers.cell_position, price_tiers.tier_position
        ) as tiers
    from billing.price_tiers
    inner join billing.price_cells using (price_id, cell_position)
    where price_tiers.price_id in (select price_id from incoming)
    group by price_tiers.price_id
)

select
    incoming.line,
    incoming.price_line,
    incoming.price_id,
    incoming.plan_id,
    incoming.currency,
    incoming.customer_id,
    incoming.valid_from,
    incoming.valid_to,
    incoming.pricing_model,
    incoming.package_size,
    incoming.cell_position,
    incoming.cell,
    incoming.conditions,
    incoming.tier_position,
    incoming.tier,
    incoming.up_to,
    incoming.unit_amount,
    incoming.flat_amount,
    incoming_lists.tiers is not distinct from stored_lists.tiers as has_same_tiers
from incoming
inner join incoming_lists using (price_line)
left join stored_lists using (price_id)
left join billing.prices as stored using (price_id)
where
    incoming_lists.tiers is distinct from stored_lists.tiers
    or (incoming.pricing_model, incoming.package_size, incoming.valid_to)
    is distinct from (stored.pricing_model, stored.package_size, stored.valid_to)
$$;

comment on function billing._changing_prices ()
is 'The good rows of the staged prices.csv whose price is new or not as stored.';

-- Nobody was billed for a quantity above the last bound of a ladder, or for events that no cell covers: raising that
-- bound, adding tiers above it, or a cell that takes no event from the others changes no billed price. When a price
-- stops to hold (valid_to) is no part of it. Long for its rules.
create or replace function billing._refuse_price_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    create temporary table repriced on commit drop as
    select
        changing.*,
        billed.reason
    from billing._changing_prices() as changing
    inner join billing._billed_prices(
        array(select price_id from billing._changing_prices())
    ) as billed using (price_id);

    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    with ladders as (
        select
            price_id,
            price_cells.cell,
            price_cells.conditions,
            max(price_tiers.tier_position) as tiers
        from billing.price_cells
        inner join billing.price_tiers using (price_id, cell_position)
        where price_id in (select price_id from pg_temp.repriced)
        group by price_id, price_cells.cell, price_cells.conditions
    ),

    tiers as (
        select
            price_id,
            price_cells.cell,
            price_cells.conditions,
            price_tiers.tier_position,
            price_tiers.tier,
            price_tiers.up_to,
            price_tiers.unit_amount,
            price_tiers.flat_amount
        from billing.price_cells
        inner join billing.price_tiers using (price_id, cell_position)
        where price_id in (select price_id from pg_temp.repriced)
    )

    select
        incoming.line,
        'pricing_model',
        incoming.pricing_model,
        incoming.reason
    from pg_temp.repriced as incoming
    inner join billing.prices as stored using (price_id)
    where
        incoming.line = incoming.price_line
        and (incoming.pricing_model, incoming.package_size)
        is distinct from (stored.pricing_model, stored.package_size)
    union all
    select
        incoming.line,
        'unit_amount',
        incoming.unit_amount::text,
        incoming.reason
    from pg_temp.repriced as incoming
    left join ladders
        on incoming.price_id = ladders.price_id and incoming.cell is not distinct from ladders.cell
    where
        not exists (
            select from tiers as stored
            where
                stored.price_id = incoming.price_id
                and (stored.cell, stored.tier) is not distinct from (incoming.cell, incoming.tier)
                and (stored.conditions, stored.tier_position, stored.unit_amount, stored.flat_amount)
                = (incoming.conditions, incoming.tier_position, incoming.unit_amount, incoming.flat_amount)
                and (
                    stored.up_to is not distinct from incoming.up_to
                    or (stored.tier_position = ladders.tiers and coalesce(incoming.up_to, 'Infinity') > stored.up_to)
                )
        )
        and not coalesce(ladders.conditions = incoming.conditions and incoming.tier_position > ladders.tiers, false)
        and (
            ladders.price_id is not null
            or exists (
                select from ladders as others
                where
                    others.price_id = incoming.price_id
                    and others.conditions || incoming.conditions = incoming.conditions || others.conditions
                    and (select count(*) from jsonb_object_keys(others.conditions))
                    <= (select count(*) from jsonb_object_keys(incoming.conditions))
            )
        )
    union all
    select
        min(incoming.line),
        'tier',
        stored.tier,
        min(incoming.reason)
    from tiers as stored
    inner join pg_temp.repriced as incoming using (price_id)
    group by stored.price_id, stored.cell, stored.tier
    having not bool_or((stored.cell, stored.tier) is not distinct from (incoming.cell, incoming.tier));
    drop table pg_temp.repriced;
    perform billing._spoil_groups(
        array['plan_code', 'currency', 'account_number', 'valid_from'], 'a price without bad rows'
    );
end;
$$;

comment on function billing._refuse_price_changes ()
is 'Refuses to change or remove what a numbered invoice was computed with, void ones too.';

-- The rows of a price are the whole price: a tier that the file no longer has is removed with the others' change.
-- Prices the file does not name stay. Idempotent: the same price is not touched. Long for its three tables.
create or replace function billing.load_prices(p_skip_bad boolean)
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
    perform billing._check_prices();
    perform billing._refuse_price_changes();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    create temporary table changing_prices on commit drop as
    select * from billing._changing_prices();
    select
        count(*) filter (where not is_stored),
        count(*) filter (where is_stored)
    into added, changed
    from pg_temp.changing_prices as changing
    cross join lateral (
        select exists (
            select from billing.price_tiers
            inner join billing.price_cells using (price_id, cell_position)
            where
                price_tiers.price_id = changing.price_id
                and (price_cells.cell, price_tiers.tier) is not distinct from (changing.cell, changing.tier)
        )
    ) as found (is_stored);

    update billing.prices as stored
    set
        pricing_model = changing.pricing_model,
        package_size = changing.package_size,
        valid_to = changing.valid_to,
        updated_at = now()
    from pg_temp.changing_prices as changing
    where stored.price_id = changing.price_id and changing.line = changing.price_line;
    delete from billing.price_cells
    where price_id in (select price_id from pg_temp.changing_prices where not has_same_tiers);
    insert into billing.prices (
        plan_id, currency, customer_id, valid_from, valid_to, pricing_model, package_size
    )
    select plan_id, currency, customer_id, valid_from, valid_to, pricing_model, package_size
    from pg_temp.changing_prices
    where price_id is null and line = price_line
    order by plan_id, customer_id nulls first, currency, valid_from;
    update pg_temp.changing_prices as changing
    set price_id = stored.price_id
    from billing._incoming_prices() as stored
    where changing.line = stored.line;
    insert into billing.price_cells (price_id, cell_position, cell, conditions)
    select distinct price_id, cell_position, cell, conditions
    from pg_temp.changing_prices
    where not has_same_tiers;
    insert into billing.price_tiers (
        price_id, cell_position, tier_position, tier, up_to, unit_amount, flat_amount
    )
    select price_id, cell_position, tier_position, tier, up_to, unit_amount, flat_amount
    from pg_temp.changing_prices
    where not has_same_tiers;
    insert into pg_temp.incoming_changes (file, line, customer_id, plan_id)
    select 'prices.csv', line, customer_id, plan_id from pg_temp.changing_prices;
    drop table pg_temp.changing_prices;
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_prices (boolean)
is 'Loads the staged prices.csv, one whole price per plan, currency, account and day. Nothing changes if file_problems() has any and p_skip_bad is false.';
