create temporary table usage_by_day on commit drop as
select
    customer_id,
    metric_id,
    usage_day,
    sum(quantity) as quantity,
    sum(events) as events
from billing.daily_usage
group by customer_id, metric_id, usage_day;
delete from billing.daily_usage;
alter table billing.daily_usage
drop constraint daily_usage_usage_key_id_fkey,
drop constraint daily_usage_pkey,
drop column usage_key_id,
add constraint daily_usage_pkey primary key (customer_id, metric_id, usage_day);
insert into billing.daily_usage (customer_id, metric_id, usage_day, quantity, events)
select
    customer_id,
    metric_id,
    usage_day,
    quantity,
    events
from usage_by_day;
drop table billing.usage_keys;
