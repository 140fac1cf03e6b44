create or replace function billing.metrics_without_plan(p_metrics text[])
returns table (metric text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
select metrics.metric
from billing.metrics
where
    metrics.metric = any(p_metrics)
    and not exists (select from billing.pricing_plans where pricing_plans.metric_id = metrics.metric_id)
order by metrics.metric collate "C"
$$;

comment on function billing.metrics_without_plan (text[])
is 'Which of these metrics have events but no plan that counts them: a typing error, or a plan that is still to be loaded.';
