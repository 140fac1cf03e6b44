alter table billing.webhook_events
drop constraint failed_events_were_processed,
drop constraint events_tried_in_vain_say_why,
drop column tries,
drop column last_error,
drop column failed_at;
