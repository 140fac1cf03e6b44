-- Metrics come into being at first sight. Sorted, so that two sessions adding several cannot wait for each other.
create or replace function billing.add_metrics(p_metrics text[])
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into billing.metrics (metric)
    select distinct names.metric
    from unnest(p_metrics) as names (metric)
    where
        names.metric is not null
        and not exists (select from billing.metrics where metrics.metric = names.metric)
    order by names.metric
    on conflict do nothing;
end;
$$;

comment on function billing.add_metrics (text[]) is 'Stores the names of metrics that are not stored yet.';
