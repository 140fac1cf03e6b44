-- Usage is rolled up by the properties that prices may ask for: each combination seen has a key. Metrics without
-- dimensions have one, for all their events.
-- depends: 0050_name_charges

set local role billing_owner;

create table billing.usage_keys (
    usage_key_id integer generated always as identity,
    metric_id integer not null,
    dimensions jsonb not null default '{}',
    constraint usage_keys_pkey primary key (usage_key_id),
    constraint one_key_per_metric_and_dimensions unique (metric_id, dimensions),
    constraint usage_keys_metric_id_fkey foreign key (metric_id) references billing.metrics (metric_id),
    constraint usage_key_dimensions_are_an_object check (jsonb_typeof(dimensions) = 'object')
);
comment on table billing.usage_keys is 'One row per metric and combination of its dimensions that events had.';
comment on column billing.usage_keys.dimensions
is 'Values of the dimensions as text; those an event did not have, or had as null, are not in it.';
insert into billing.usage_keys (metric_id)
select metric_id from billing.metrics
order by metric_id;

alter table billing.daily_usage add column usage_key_id integer;
update billing.daily_usage
set usage_key_id = usage_keys.usage_key_id
from billing.usage_keys
where usage_keys.metric_id = daily_usage.metric_id;
alter table billing.daily_usage
alter column usage_key_id set not null,
drop constraint daily_usage_pkey,
add constraint daily_usage_pkey primary key (customer_id, metric_id, usage_day, usage_key_id),
add constraint daily_usage_usage_key_id_fkey
foreign key (usage_key_id) references billing.usage_keys (usage_key_id);
comment on table billing.daily_usage
is 'Exact sum of the events of a customer, metric and combination of dimensions on a day of the billing time zone.';
