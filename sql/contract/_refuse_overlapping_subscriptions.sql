-- Two usage subscriptions of a customer for one metric would both be billed the same usage. Compares what will be
-- stored: the rows of the file and the stored rows it does not name.
create or replace function billing._refuse_overlapping_subscriptions()
returns void
language plpgsql
volatile
security invoker
set search_path = pg_catalog, pg_temp
as $$
begin
    loop -- a row that is refused leaves the stored one standing, which the others may overlap
        insert into pg_temp.incoming_problems (line, column_name, value, expected)
        with incoming as (
            select * from billing._incoming_subscriptions()
            where metric_id is not null
        ),

        standing as (
            select line, customer_id, plan_id, plan_code, metric_id, starts_on, ends_on from incoming
            union all
            select null, s.customer_id, s.plan_id, pricing_plans.plan_code, s.metric_id, s.starts_on, s.ends_on
            from billing.subscriptions as s
            inner join billing.pricing_plans using (plan_id)
            where
                s.customer_id in (select customer_id from incoming)
                and (s.customer_id, s.plan_id, s.starts_on)
                not in (select customer_id, plan_id, starts_on from incoming)
        )

        select distinct on (i.line) i.line, 'starts_on', i.starts_on::text, format(
            'no other usage subscription for %s at the time: %s from %s until %s%s',
            metrics.metric, other.plan_code, other.starts_on, coalesce(other.ends_on::text, 'further notice'),
            ' (line ' || other.line || ')'
        )
        from incoming as i
        inner join standing as other using (customer_id, metric_id)
        inner join billing.metrics using (metric_id)
        where
            (other.line is null or other.line < i.line)
            and daterange(i.starts_on, i.ends_on) && daterange(other.starts_on, other.ends_on)
        order by i.line, other.line nulls first;
        exit when not found;
    end loop;
end;
$$;

comment on function billing._refuse_overlapping_subscriptions ()
is 'Refuses a second usage subscription of a customer for a metric at the same time, naming the other one.';
