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
    if billing._is_refused(p_skip_bad) then
        return next;
        return;
    end if;
    create temporary table changing_tiers on commit drop as
    select i.line, i.plan_id, i.tier_position, i.tier, i.up_to, i.unit_amount, i.flat_amount
    from billing._incoming_tiers() as i;
    changed := (
        select count(*) from pg_temp.changing_tiers
        inner join billing.price_tiers using (plan_id, tier)
    );
    delete from billing.price_tiers where plan_id in (select plan_id from pg_temp.changing_tiers);
    insert into billing.price_tiers (plan_id, tier_position, tier, up_to, unit_amount, flat_amount)
    select plan_id, tier_position, tier, up_to, unit_amount, flat_amount
    from pg_temp.changing_tiers;
    get diagnostics added = row_count;
    added := added - changed;
    update billing.pricing_plans set updated_at = now()
    where plan_id in (select plan_id from pg_temp.changing_tiers);
    drop table pg_temp.changing_tiers;
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_tiers (boolean)
is 'Loads the staged tiers.csv, one whole price list per plan. Nothing changes if file_problems() has any and p_skip_bad is false.';
