create or replace function billing._provider_name(p_event billing.webhook_events)
returns text
language sql
stable
security invoker
as $$
select providers.name
from billing.providers
where providers.provider = p_event.provider
$$;

comment on function billing._provider_name (billing.webhook_events)
is 'What people call the provider that told of an event.';
