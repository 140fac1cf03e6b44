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
begin
    perform billing._check_plans();
    perform billing._refuse_plan_changes();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if billing._is_refused(p_skip_bad) then
        return next;
        return;
    end if;
    perform billing.add_metrics(array(select metric from billing._incoming_plans()));
    update billing.pricing_plans as p
    set
        name = i.name, kind = i.kind, pricing_model = i.pricing_model, metric_id = m.metric_id,
        currency = i.currency, unit_amount = i.unit_amount, package_size = i.package_size, updated_at = now()
    from billing._incoming_plans() as i
    left join billing.metrics as m using (metric)
    where
        p.plan_code = i.plan_code
        and (p.name, p.kind, p.pricing_model, p.metric_id, p.currency, p.unit_amount, p.package_size)
        is distinct from (i.name, i.kind, i.pricing_model, m.metric_id, i.currency, i.unit_amount, i.package_size);
    get diagnostics changed = row_count;
    insert into billing.pricing_plans (
        plan_code, name, kind, pricing_model, metric_id, currency, unit_amount, package_size
    )
    select i.plan_code, i.name, i.kind, i.pricing_model, m.metric_id, i.currency, i.unit_amount, i.package_size
    from billing._incoming_plans() as i
    left join billing.metrics as m using (metric)
    where not exists (select from billing.pricing_plans where pricing_plans.plan_code = i.plan_code)
    order by i.line;
    get diagnostics added = row_count;
    delete from billing.price_tiers
    using billing.pricing_plans
    where price_tiers.plan_id = pricing_plans.plan_id and pricing_plans.pricing_model in ('package', 'flat');
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    return next;
end;
$$;

comment on function billing.load_plans (boolean)
is 'Loads the staged plans.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';
