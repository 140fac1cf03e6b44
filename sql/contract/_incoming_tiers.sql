-- Tiers stand in ascending order of their bounds, whatever the order of the file. Only the lists that differ from what
-- is stored are returned: a plan whose list is the same is not touched.
create or replace function billing._incoming_tiers()
returns table (
    line bigint,
    plan_id bigint,
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
        pricing_plans.plan_id,
        row_number() over (
            partition by pricing_plans.plan_id order by given.up_to nulls last
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
),

stored as (
    select plan_id, tier_position, tier, up_to, unit_amount, flat_amount
    from billing.price_tiers
    where plan_id in (select plan_id from incoming)
),

only_incoming as (
    select plan_id, tier_position, tier, up_to, unit_amount, flat_amount from incoming
    except
    select plan_id, tier_position, tier, up_to, unit_amount, flat_amount from stored
),

only_stored as (
    select plan_id, tier_position, tier, up_to, unit_amount, flat_amount from stored
    except
    select plan_id, tier_position, tier, up_to, unit_amount, flat_amount from incoming
)

select line, plan_id, tier_position, tier, up_to, unit_amount, flat_amount
from incoming
where plan_id in (select plan_id from only_incoming union all select plan_id from only_stored)
$$;

comment on function billing._incoming_tiers ()
is 'The staged price lists that differ from the stored ones, typed and in order.';
