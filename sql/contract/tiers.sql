-- Tiers stand in ascending order of their bounds, whatever the order of the file. Only the lists that differ from what
-- is stored are returned: a plan whose list is the same is not touched.
create or replace function billing._incoming_tiers()
returns table (
    line bigint,
    plan_id bigint,
    price_id bigint,
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
with incoming as (
    select
        good.line,
        prices.plan_id,
        prices.price_id,
        row_number() over (
            partition by prices.price_id order by given.up_to nulls last
        )::integer as tier_position,
        given.tier,
        given.up_to,
        given.unit_amount,
        coalesce(given.flat_amount, 0) as flat_amount
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        plan_code text, tier text, up_to numeric, unit_amount numeric, flat_amount numeric
    )
    inner join billing.pricing_plans using (plan_code)
    inner join billing.prices on pricing_plans.plan_id = prices.plan_id and prices.valid_from = '-infinity'
),

incoming_lists as (
    select
        price_id,
        array_agg(row(tier, up_to, unit_amount, flat_amount) order by tier_position) as tiers
    from incoming
    group by price_id
),

stored_lists as (
    select
        price_id,
        array_agg(row(tier, up_to, unit_amount, flat_amount) order by tier_position) as tiers
    from billing.price_tiers
    where price_id in (select price_id from incoming_lists)
    group by price_id
)

select incoming.*
from incoming
inner join incoming_lists using (price_id)
left join stored_lists using (price_id)
where incoming_lists.tiers is distinct from stored_lists.tiers
$$;

comment on function billing._incoming_tiers ()
is 'The staged price lists that differ from the stored ones, typed and in order.';

-- The tiers of a plan are one price list: a bad row spoils the list, so with it no row of that plan is loaded.
create or replace function billing._check_tiers()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    perform billing._check_rows(array['plan_code', 'tier']);
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        good.line,
        rules.column_name,
        rules.value,
        rules.expected
    from billing._good_rows() as good
    cross join lateral jsonb_to_record(good.fields) as given (
        plan_code text, tier text, up_to text, unit_amount text, flat_amount text
    )
    cross join lateral (
        values
        ('plan_code', given.plan_code, 'a graduated or volume plan of plans.csv', exists (
            select from billing._stored_plans() as stored
            where stored.plan_code = given.plan_code and stored.pricing_model in ('graduated', 'volume')
        )),
        ('tier', given.tier, 'text of 1 to 200 characters without control characters',
            billing.is_plain_text(given.tier, 200)),
        ('up_to', given.up_to, 'a quantity above 0, or nothing for no bound',
            given.up_to is null or (billing.is_decimal(given.up_to) and given.up_to ~ '[1-9]')),
        ('unit_amount', given.unit_amount, 'a price of 0 or more such as 0.001',
            billing.is_decimal(given.unit_amount)),
        ('flat_amount', given.flat_amount, 'an amount of 0 or more such as 5.00, or nothing',
            given.flat_amount is null or billing.is_decimal(given.flat_amount))
    ) as rules (column_name, value, expected, is_met)
    where rules.is_met is not true;
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        later.line,
        'up_to',
        later.fields ->> 'up_to',
        format('another bound than line %s', min(earlier.line))
    from billing._good_rows() as later
    inner join billing._good_rows() as earlier
        on later.fields ->> 'plan_code' = earlier.fields ->> 'plan_code' and later.line > earlier.line
    where (later.fields ->> 'up_to')::numeric is not distinct from (earlier.fields ->> 'up_to')::numeric
    group by later.line, later.fields;
    perform billing._spoil_groups(array['plan_code'], 'a list without bad tiers');
end;
$$;

comment on function billing._check_tiers ()
is 'Finds what is wrong with the staged tiers.csv, row by row and plan by plan.';

-- Nobody was billed for a quantity above the last bound of a list. Raising that bound, or adding tiers above it,
-- changes no billed price, and is the way to bill whoever was parked for want of one. Long for its rules.
create or replace function billing._refuse_tier_changes()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    with ends as (
        select
            billed.price_id,
            billed.reason,
            max(stored.tier_position) as stored_tiers,
            (
                select max(incoming.tier_position) from billing._incoming_tiers() as incoming
                where incoming.price_id = billed.price_id
            ) as incoming_tiers
        from billing._billed_prices(array(select price_id from billing._incoming_tiers())) as billed
        inner join billing.price_tiers as stored using (price_id)
        group by billed.price_id, billed.reason
    )

    select
        incoming.line,
        'tier',
        incoming.tier,
        ends.reason
    from ends
    inner join billing._incoming_tiers() as incoming using (price_id)
    where
        incoming.tier_position <= ends.stored_tiers
        and not exists (
            select from billing.price_tiers as stored
            where
                (stored.price_id, stored.tier_position, stored.tier, stored.unit_amount, stored.flat_amount)
                = (
                    incoming.price_id, incoming.tier_position, incoming.tier, incoming.unit_amount, incoming.flat_amount
                )
                and (
                    stored.up_to is not distinct from incoming.up_to
                    or (
                        stored.tier_position = ends.stored_tiers
                        and coalesce(incoming.up_to, 'Infinity') > stored.up_to
                    )
                )
        )
    union all
    select
        null,
        'tier',
        stored.tier,
        ends.reason
    from ends
    inner join billing.price_tiers as stored using (price_id)
    where stored.tier_position > ends.incoming_tiers;

    insert into pg_temp.incoming_problems (line, column_name, value, expected)
    select
        null,
        'plan_code',
        stored.plan_code,
        format('a tier of this %s plan', stored.pricing_model)
    from billing._stored_plans() as stored
    where
        stored.pricing_model in ('graduated', 'volume')
        and not exists (select from billing.price_tiers where price_tiers.price_id = stored.price_id)
        and not exists (
            select from pg_temp.incoming_rows
            where incoming_rows.fields ->> 'plan_code' = stored.plan_code
        );
end;
$$;

comment on function billing._refuse_tier_changes ()
is 'Refuses to change or remove tiers of a plan on a numbered invoice, and to leave a tiered plan without any.';

-- The rows of a plan are its whole price list: a tier that the file no longer has is removed with the others' change.
-- Plans the file does not name keep theirs. Idempotent: the same list is not touched.
create or replace function billing.load_tiers(p_skip_bad boolean)
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
    perform billing._check_tiers();
    perform billing._refuse_tier_changes();
    bad := (select count(distinct coalesce(line, 0)) from pg_temp.incoming_problems);
    if bad > 0 and not p_skip_bad then
        return next;
        return;
    end if;
    create temporary table changing_tiers on commit drop as
    select * from billing._incoming_tiers();
    changed := (
        select count(*) from pg_temp.changing_tiers
        inner join billing.price_tiers using (price_id, tier)
    );
    delete from billing.price_tiers where price_id in (select price_id from pg_temp.changing_tiers);
    insert into billing.price_tiers (
        price_id, cell_position, tier_position, tier, up_to, unit_amount, flat_amount
    )
    select price_id, 1, tier_position, tier, up_to, unit_amount, flat_amount
    from pg_temp.changing_tiers;
    get diagnostics added = row_count;
    added := added - changed;
    update billing.prices set updated_at = now()
    where price_id in (select price_id from pg_temp.changing_tiers);
    insert into pg_temp.incoming_changes (file, line, plan_id)
    select 'tiers.csv', line, plan_id from pg_temp.changing_tiers;
    drop table pg_temp.changing_tiers;
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_tiers (boolean)
is 'Loads the staged tiers.csv, one whole price list per plan. Nothing changes if file_problems() has any and p_skip_bad is false.';
