drop table billing.rejected_events;
drop table billing.event_conflicts;
drop table billing.usage_watermarks;
drop table billing.usage_months;
drop table billing.daily_usage;
drop table billing.billing_events_template;
drop table billing.billing_events;
