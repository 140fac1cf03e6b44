-- Idempotent by (customer, plan, starts_on). Ends are first drawn in and then drawn out, so that a change of plan that
-- moves a border between two rows never makes them overlap on the way.
create or replace function billing.load_subscriptions(p_skip_bad boolean)
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
    perform billing._check_subscriptions();
    perform billing._refuse_subscription_changes();
    perform billing._refuse_overlapping_subscriptions();
    bad := (select count(distinct line) from pg_temp.incoming_problems);
    if billing._is_refused(p_skip_bad) then
        return next;
        return;
    end if;
    create temporary table changing_subscriptions on commit drop as
    select s.subscription_id, i.quantity, i.ends_on
    from billing._incoming_subscriptions() as i
    inner join billing.subscriptions as s using (customer_id, plan_id, starts_on)
    where (s.quantity, s.ends_on) is distinct from (i.quantity, i.ends_on);
    update billing.subscriptions as s
    set ends_on = least(s.ends_on, i.ends_on)
    from pg_temp.changing_subscriptions as i
    where s.subscription_id = i.subscription_id;
    update billing.subscriptions as s
    set quantity = i.quantity, ends_on = i.ends_on, updated_at = now()
    from pg_temp.changing_subscriptions as i
    where s.subscription_id = i.subscription_id;
    get diagnostics changed = row_count;
    drop table pg_temp.changing_subscriptions;
    insert into billing.subscriptions (customer_id, plan_id, currency, metric_id, quantity, starts_on, ends_on)
    select i.customer_id, i.plan_id, i.currency, i.metric_id, i.quantity, i.starts_on, i.ends_on
    from billing._incoming_subscriptions() as i
    left join billing.subscriptions as s using (customer_id, plan_id, starts_on)
    where s.subscription_id is null
    order by i.customer_id, i.plan_code, i.starts_on;
    get diagnostics added = row_count;
    unchanged := (select count(*) from billing._good_rows()) - added - changed;
    perform billing._warn_of_subscriptions();
    return next;
end;
$$;

comment on function billing.load_subscriptions (boolean)
is 'Loads the staged subscriptions.csv: adds, changes, or leaves alone. Nothing changes if file_problems() has any and p_skip_bad is false.';
